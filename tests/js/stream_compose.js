// Duplex.from: streams of strings, functions, promises and pairs; stream.compose: one of several.
"use strict";

const { Duplex, PassThrough, Readable, Transform, Writable, compose, promises } = require("stream");
const { text } = require("stream/consumers");

async function show(name, action) {
	try {
		console.log(name, await action());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
}

function fed(stream, ...pieces) {
	for (const piece of pieces)
		stream.write(piece);
	return stream.end();
}

async function* upper(source) {
	for await (const piece of source)
		yield String(piece).toUpperCase();
}

const suffix = (end) => new Transform({ transform: (piece, encoding, callback) => callback(null, piece + end) });

async function main() {
	await show("string", () => text(Duplex.from("hello")));
	await show("iterable", () => Duplex.from([1, 2]).toArray());
	await show("bytes", () => Duplex.from(Buffer.from("ab")).toArray());
	await show("promise", () => text(Duplex.from(Promise.resolve("p"))));
	await show("rejected", () => text(Duplex.from(Promise.reject(new Error("no")))));
	await show("function", () => text(fed(Duplex.from(upper), "a", "b")));
	await show("throwing", () => text(fed(Duplex.from(async function* (source) {
		for await (const piece of source)
			throw new Error(`threw at ${piece}`);
	}), "a")));
	await show("writable function", async () => {
		const seen = [];
		await promises.finished(fed(Duplex.from(async (source) => {
			for await (const piece of source)
				seen.push(String(piece));
		}), "k", "l"));
		return seen.join();
	});
	await show("rejecting function", () => promises.finished(fed(Duplex.from(async (source) => {
		for await (const piece of source)
			throw new Error(`refused ${piece}`);
	}), "k")));
	await show("pair", () => {
		const written = [];
		const pair = Duplex.from({ readable: Readable.from(["r"]), writable: new Writable({ write(piece, encoding, callback) {
			written.push(String(piece));
			callback();
		} }) });
		return text(fed(pair, "w")).then((read) => `${read} ${written}`);
	});
	const both = new PassThrough();
	console.log(Duplex.from(both) === both, Duplex.from(Readable.from("x")).writable, Duplex.from(new Writable({ write() {} })).readable);
	for (const bad of [5, {}, true])
		await show("bad", () => Duplex.from(bad));
	await show("compose one", () => text(fed(compose(upper), "abc")));
	await show("compose two", () => text(fed(compose(suffix("1"), suffix("2")), "q")));
	await show("compose mixed", () => text(fed(compose(suffix("x"), upper, suffix("!")), "q")));
	await show("compose source", () => text(compose(Readable.from(["s"]), upper)));
	await show("readable.compose", () => text(Readable.from(["a", "b"]).compose(upper)));
	await show("compose throwing", () => text(fed(compose(upper, async function* (source) {
		for await (const piece of source)
			throw new Error(`behind ${piece}`);
	}), "q")));
	await show("compose nothing", () => compose());
	await show("large", async () => (await text(fed(compose(suffix(""), upper), "x".repeat(200000), "y".repeat(200000)))).length);
	console.log("done");
}
main();
