// events.addAbortListener, and what can be said of any stream.
"use strict";

const events = require("events"), stream = require("stream");

const controller = new AbortController();
const first = events.addAbortListener(controller.signal, (event) => console.log("first", event.type, event.target === controller.signal));
const second = events.addAbortListener(controller.signal, () => console.log("second"));
const dispose = (one) => one[Object.getOwnPropertySymbols(one)[0]]();
console.log(typeof first, Object.getOwnPropertySymbols(first).length);
dispose(second);
controller.abort();
events.addAbortListener(controller.signal, (...args) => console.log("late", args.length));
console.log("not yet");
for (const args of [[], [{}, () => {}], [new AbortController().signal, 1], [null, () => {}]])
	try {
		events.addAbortListener(...args);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}

const { Readable, Writable, PassThrough } = stream;
const said = (one) => [stream.isReadable(one), stream.isErrored(one), stream.isDisturbed(one)].join();
async function main() {
	const readable = new Readable({ read() {} }), writable = new Writable({ write: (piece, encoding, done) => done() });
	console.log(said(readable), said(writable), said(new PassThrough()), said({}), said(null));
	readable.push("x");
	console.log(said(readable), Readable.isDisturbed(readable));
	readable.read();
	console.log(said(readable), Readable.isDisturbed(readable));
	readable.push(null);
	readable.resume();
	await events.once(readable, "end");
	console.log(said(readable));
	const broken = new PassThrough().on("error", () => {});
	broken.destroy(new Error("x"));
	await new Promise((resolve) => broken.on("close", resolve));
	console.log(said(broken));
	const before = stream.getDefaultHighWaterMark(true);
	stream.setDefaultHighWaterMark(true, 5);
	console.log(before, stream.getDefaultHighWaterMark(true), new Readable({ objectMode: true }).readableHighWaterMark,
		new Writable({ objectMode: true, highWaterMark: 3 }).writableHighWaterMark);
	for (const bad of [-1, "x", 1.5])
		try {
			stream.setDefaultHighWaterMark(true, bad);
		} catch (error) {
			console.log(error.name, error.code, error.message);
		}
	console.log("done");
}
main();
