// Readable.from: arrays, texts, generators, promises within, errors and what is returned to.
const { Readable } = require("stream");
const collect = async (stream) => {
	const out = [];
	for await (const piece of stream)
		out.push(piece);
	return out;
};
(async () => {
	console.log(await collect(Readable.from(["a", 1, { b: 2 }, 0, ""])));
	console.log(await collect(Readable.from("a text")), await collect(Readable.from(Buffer.from("bytes"))));
	console.log(await collect(Readable.from(new Set([1, 2]))), await collect(Readable.from(new Map([["k", "v"]]))));
	console.log(await collect(Readable.from((function* () {
		yield "g";
		yield "h";
	})())));
	console.log(await collect(Readable.from([Promise.resolve("p"), "q"])));
	const r = Readable.from(["x"]);
	console.log(r.readableObjectMode, r.readableHighWaterMark, r instanceof Readable, Readable.from([], { objectMode: false }).readableObjectMode);
	for (const bad of [null, undefined, 5, {}])
		try {
			Readable.from(bad);
		} catch (error) {
			console.log(error.name, error.code, error.message);
		}
	const cleaned = Readable.from((async function* () {
		try {
			yield 1;
			yield 2;
			yield 3;
		} finally {
			console.log("finally");
		}
	})());
	for await (const one of cleaned) {
		console.log(one);
		break;
	}
	await new Promise((ok) => cleaned.closed ? ok() : cleaned.on("close", ok));
	await collect(Readable.from((async function* () {
		yield 1;
		throw new Error("in the generator");
	})())).catch((error) => console.log(error.message));
	await collect(Readable.from([1, null, 2])).catch((error) => console.log(error.code, error.message));
	await collect(Readable.from([Promise.reject(new Error("an item"))])).catch((error) => console.log(error.message));
	const empty = Readable.from([]);
	empty.on("data", () => console.log("never")).on("end", () => console.log("empty end")).on("close", () => console.log("done"));
})();
