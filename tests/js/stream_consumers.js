// stream/consumers: streams and iterables in one piece, and their failures.
"use strict";

const consumers = require("stream/consumers");
const { Readable } = require("stream");

async function show(name, ...args) {
	try {
		console.log(name, await consumers[name](...args));
	} catch (error) {
		console.log(name, error.name, error.name === "Error" ? error.message : "");
	}
}

async function* items(...list) {
	yield* list;
}

async function main() {
	console.log(Object.keys(consumers).sort().join());
	await show("text", Readable.from(["a", Buffer.from("é"), Buffer.from([0xc3])]));
	await show("text", Readable.from([Buffer.from("é").subarray(0, 1), Buffer.from("é").subarray(1)]));
	await show("text", Readable.from([Buffer.from("\ufeffx")]));
	await show("text", Readable.from([new Uint8Array([65]), "b"]));
	await show("text", items("x", "y"));
	await show("text", ["q"]);
	await show("text", new Readable({ read() {
		this.destroy(new Error("broken"));
	} }));
	await show("text", 5);
	await show("json", Readable.from(['{"a"', ":1}"]));
	await show("json", Readable.from(['{"a"']));
	await show("buffer", Readable.from([Buffer.from("ab"), Buffer.from("c")]));
	await show("buffer", Readable.from(["ab", "é"]));
	await show("buffer", items());
	await show("arrayBuffer", Readable.from([Buffer.from("ab"), "c"]));
	await show("blob", Readable.from([Buffer.from("ab"), "c"]));
	console.log("done");
}
main();
