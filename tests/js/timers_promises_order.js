// timers/promises: scheduler, intervals with signals, values, order.
const { setTimeout: wait, setImmediate: soon, setInterval: every, scheduler } = require("node:timers/promises");
(async () => {
	const order = [];
	await Promise.all([wait(1).then(() => order.push("1")), soon().then(() => order.push("soon")), wait(40, "v").then((v) => order.push(v)), wait(80).then(() => order.push("80"))]);
	console.log(order.slice(-2), order.length, await wait(), await soon("value"));
	console.log(await scheduler.wait(1), await scheduler.yield());
	const stop = new AbortController();
	let n = 0;
	try {
		for await (const value of every(1, "beat", { signal: stop.signal })) {
			console.log(value, ++n);
			if (n === 2)
				stop.abort();
		}
	} catch (error) {
		console.log(error.name, error.code, n);
	}
	const it = every(1, "x");
	console.log(await it.next(), await it.return("over"), await it.next());
	for (const bad of [{ signal: 5 }, 5])
		try {
			await every(1, "x", bad).next();
		} catch (error) {
			console.log(error.name, error.code);
		}
	await scheduler.wait(1000, { signal: AbortSignal.abort() }).catch((error) => console.log(error.name));
	console.log("done");
})();
