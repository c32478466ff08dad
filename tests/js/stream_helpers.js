// What a Readable offers like an array: map, filter, forEach, toArray, some, every, find, flatMap, take, drop, reduce.
const { Readable } = require("stream");
const of = (...items) => Readable.from(items);
(async () => {
	console.log(await of(1, 2, 3).map((n) => n * 2).toArray());
	console.log(await of(1, 2, 3).map(async (n) => n + 1).filter((n) => n > 2).toArray());
	const seen = [];
	console.log(await of(1, 2).forEach((n) => seen.push(n)), seen);
	console.log(await of(1, 2).some((n) => n > 1), await of(1, 2).every((n) => n > 1), await of(1, 2, 3).find((n) => n > 1), await of(1).find((n) => n > 1));
	console.log(await of(1, 2).flatMap((n) => [n, n]).toArray(), await of(1, 2, 3, 4).drop(1).take(2).toArray());
	console.log(await of(1, 2, 3).reduce((sum, n) => sum + n, 10), await of(1, 2, 3).reduce((sum, n) => sum + n));
	await of().reduce((a, b) => a + b).catch((error) => console.log(error.name));
	await of(1).map(() => {
		throw new Error("in map");
	}).toArray().catch((error) => console.log(error.message));
	await of(1, 2).forEach(() => Promise.reject(new Error("in forEach"))).catch((error) => console.log(error.message));
	for (const method of ["map", "filter", "flatMap"])
		try {
			of(1)[method]("no function");
		} catch (error) {
			console.log(method, error.name, error.code, error.message);
		}
	for (const method of ["forEach", "some", "every", "find"])
		await of(1)[method](5).catch((error) => console.log(method, error.code));
	for (const bad of [-1, "x"])
		try {
			of(1).take(bad);
		} catch (error) {
			console.log(error.name, error.code);
		}
	const stop = new AbortController();
	stop.abort();
	await of(1, 2).toArray({ signal: stop.signal }).catch((error) => console.log(error.name, error.code));
	console.log(await of("a", "b").toArray(), await of(0, 1).drop(5).toArray(), await of(1, 2).take(0).toArray(), "done");
})();
