// buffer.SlowBuffer, INSPECT_MAX_BYTES, and what copyBytesFrom and concat refuse.
"use strict";

const buffer = require("buffer");
const { inspect } = require("util");

function tell(name, run) {
	try {
		console.log(name, run());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
}

tell("slow", () => buffer.SlowBuffer(3).length);
tell("new slow", () => Buffer.isBuffer(new buffer.SlowBuffer(3)));
tell("slow text", () => buffer.SlowBuffer("x"));

const bytes = Buffer.from([1, 2, 3, 4, 5]);
for (const most of [2, 4, 0, 50]) {
	buffer.INSPECT_MAX_BYTES = most;
	console.log(buffer.INSPECT_MAX_BYTES, inspect(bytes), inspect({ bytes }));
}

tell("copy", () => Buffer.copyBytesFrom(new Uint16Array([1, 0xffff, 3]), 1, 1));
tell("copy beyond", () => Buffer.copyBytesFrom(new Uint8Array(3), 9));
for (const given of [["x"], [new DataView(new ArrayBuffer(2))], [null], [new Uint8Array(3), -1], [new Uint8Array(3), 0, "1"],
	[new Uint8Array(3), 1.5]])
	tell("copy refused", () => Buffer.copyBytesFrom(...given));
for (const given of [[[], -1], [[Buffer.from("abc")], 2], [[Buffer.from("a")], 3], [[Buffer.from("a")], -1], [[Buffer.from("a")], "1"]])
	tell("concat", () => Buffer.concat(...given));

// Packages put their own in place of what there is.
for (const name of ["Blob", "transcode"]) {
	const before = buffer[name];
	buffer[name] = "own";
	console.log(name, typeof before, buffer[name]);
	buffer[name] = before;
}
console.log("done");
