// Symbol.dispose and asyncDispose, what has them, and what they do.
"use strict";

const events = require("events");
const http = require("http");
const net = require("net");
const { Readable } = require("stream");

console.log(typeof Symbol.dispose, typeof Symbol.asyncDispose, String(Symbol.dispose), String(Symbol.asyncDispose));
console.log(Object.keys(Symbol), Symbol.dispose === Symbol.dispose);

async function main() {
	const timeout = setTimeout(() => console.log("never"), 1);
	const interval = setInterval(() => console.log("never"), 1);
	const immediate = setImmediate(() => console.log("never"));
	for (const timer of [timeout, interval, immediate])
		console.log(timer[Symbol.dispose]());
	const { signal, abort } = (() => {
		const controller = new AbortController();
		return { signal: controller.signal, abort: () => controller.abort() };
	})();
	events.addAbortListener(signal, () => console.log("never"))[Symbol.dispose]();
	events.addAbortListener(signal, () => console.log("aborted"));
	abort();
	await new Promise((resolve) => setTimeout(resolve, 5));

	const fresh = Readable.from(["a", "b"]);
	fresh.on("error", (error) => console.log(error.name, error.code));
	fresh.on("close", () => console.log("close"));
	console.log(await fresh[Symbol.asyncDispose](), fresh.destroyed);
	console.log(await fresh[Symbol.asyncDispose]().catch((error) => error.code));
	const read = Readable.from(["a"]);
	for await (const piece of read)
		console.log(piece);
	console.log(await read[Symbol.asyncDispose](), read.errored);

	for (const server of [net.createServer(), http.createServer()]) {
		await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
		server.on("close", () => console.log("server closes"));
		console.log(await server[Symbol.asyncDispose](), server.listening);
	}
	console.log("done");
}
main();
