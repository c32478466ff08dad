// What streams were before Readable: readable.wrap(), and Stream's own pipe().
"use strict";

const EventEmitter = require("events");
const { Readable, Stream, Writable, PassThrough } = require("stream");

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

async function wraps() {
	const old = new EventEmitter();
	old.pause = () => console.log("old pause");
	old.resume = () => console.log("old resume");
	old.own = function () {
		return this === old;
	};
	const stream = new Readable({ highWaterMark: 2 }).wrap(old);
	console.log(stream instanceof Readable, stream.own());
	for (const name of ["end", "close"])
		stream.on(name, () => console.log("wrapped", name));
	stream.on("data", (piece) => console.log("wrapped", String(piece)));
	old.emit("data", Buffer.from("abc"));
	old.emit("data", Buffer.from("d"));
	await turn();
	old.emit("data", Buffer.from("e"));
	old.emit("end");
	await turn();
	const broken = Object.assign(new EventEmitter(), { pause() {}, resume() {} });
	new Readable().wrap(broken).on("error", (error) => console.log("wrapped", error.message)).on("close", () => console.log("broken close"));
	broken.emit("error", new Error("of the old one"));
	await turn();
}

async function pipes() {
	const source = Object.assign(new Stream(), { readable: true, pause: () => console.log("pause"), resume: () => console.log("resume") });
	const sink = new Writable({ highWaterMark: 1, write(piece, encoding, callback) {
		console.log("sink", String(piece));
		setImmediate(callback);
	} });
	sink.on("pipe", (from) => console.log("pipe", from === source)).on("finish", () => console.log("finish"));
	console.log(source.pipe(sink) === sink);
	source.emit("data", "aa");
	await turn();
	source.emit("end");
	source.emit("close");
	await turn();
	console.log(source.listenerCount("data"), source.listenerCount("end"), sink.listenerCount("drain"));
	const open = new PassThrough(), other = new Stream();
	other.pipe(open, { end: false });
	other.emit("end");
	await turn();
	console.log(open.writableEnded, other.listenerCount("end"));
	const closing = new Stream(), closed = new PassThrough().on("close", () => console.log("sink close"));
	closing.pipe(closed);
	closing.emit("close");
	await turn();
	console.log(closed.destroyed);
	for (const on of ["source", "sink"])
		try {
			const one = new Stream(), two = new Stream();
			one.pipe(two);
			(on === "source" ? one : two).emit("error", new Error(`nobody listens to the ${on}`));
		} catch (error) {
			console.log(error.message);
		}
}

async function main() {
	await wraps();
	await pipes();
	console.log("done");
}
main();
