// What scripts and older packages assign to streams, what captureRejections does to them, and arguments of operators.
"use strict";

const { Duplex, PassThrough, Readable, Transform, Writable } = require("stream");

const readable = (options) => new Readable({ read() {}, ...options });
const writable = (options) => new Writable({ write: (piece, encoding, callback) => callback(), ...options });
const later = () => new Promise((resolve) => setImmediate(resolve));

function tell(name, run) {
	try {
		console.log(name, run());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
}

function assigned() {
	for (const [name, make] of [["readable", readable], ["writable", writable], ["duplex", () => new PassThrough()]]) {
		for (const property of ["destroyed", "readable", "writable"]) {
			const stream = make();
			if (!(property in stream))
				continue;
			stream[property] = property === "destroyed";
			console.log(name, property, stream.destroyed, stream.readable, stream.writable);
			stream[property] = property !== "destroyed";
			console.log(name, property, stream.destroyed, stream.readable, stream.writable);
		}
	}
	class Old extends Duplex {
		constructor() {
			super();
			this.readable = this.writable = true;
		}
	}
	const old = new Old();
	console.log(old.readable, old.writable, Object.keys(old).includes("readable"));
}

async function captured() {
	for (const [name, stream, event] of [["readable", readable({ captureRejections: true }), "data"],
		["writable", writable({ captureRejections: true }), "drain"]]) {
		stream.on("error", (error) => console.log(name, "error", error.message));
		stream.on("close", () => console.log(name, "close"));
		stream.on(event, async () => {
			throw new Error(`of ${event}`);
		});
		stream.emit(event, "x");
		await later();
		await later();
		console.log(name, stream.destroyed);
	}
}

function marks() {
	for (const Class of [Readable, Writable, Duplex, Transform])
		for (const options of [{ highWaterMark: -1 }, { highWaterMark: "x" }, { readableHighWaterMark: 1.5 }, { writableHighWaterMark: NaN }])
			tell(Class.name, () => {
				const stream = new Class(options);
				return [stream.readableHighWaterMark, stream.writableHighWaterMark];
			});
}

async function operators() {
	tell("iterator", () => Readable.from([]).iterator(5));
	tell("concurrency", () => Readable.from([]).map((one) => one, { concurrency: 0 }));
	console.log(await Readable.from(new Uint8Array([1, 2])).toArray(), await Readable.from(Buffer.from("a")).toArray());
	for (const run of [() => Readable.from([]).reduce((sum) => sum),
		() => Readable.from([1]).toArray({ signal: AbortSignal.abort() })])
		await run().catch((error) => console.log(error.name, error.code, error.message));
	const piped = readable().pipe(new PassThrough());
	piped.on("unpipe", (source, info) => console.log("unpipe", source instanceof Readable, info));
	piped.destroy();
}

(async () => {
	assigned();
	await captured();
	marks();
	await operators();
	await later();
	console.log("done");
})();
