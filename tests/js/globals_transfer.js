// structuredClone with buffers that move, and what the global object tells of itself.
"use strict";

function attempt(name, f) {
	try {
		console.log(name, f());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
}

const buffer = new ArrayBuffer(4), bytes = new Uint8Array([1, 2, 3]), other = new ArrayBuffer(1);
attempt("moved", () => structuredClone({ buffer }, { transfer: [buffer] }));
attempt("left behind", () => buffer.byteLength);
attempt("a view", () => structuredClone(bytes, { transfer: [bytes.buffer] }));
attempt("left behind", () => bytes.length);
attempt("no list", () => structuredClone(1, { transfer: null }));
attempt("no iterable", () => structuredClone(1, { transfer: {} }));
attempt("a number", () => structuredClone(1, { transfer: 1 }));
attempt("of numbers", () => structuredClone(1, { transfer: [1] }));
attempt("of views", () => structuredClone(1, { transfer: [new Uint8Array(1)] }));
attempt("twice", () => structuredClone(1, { transfer: [other, other] }));
attempt("a failure", () => structuredClone(Symbol("x"), { transfer: [other] }));
attempt("keeps it", () => other.byteLength);
attempt("a set", () => structuredClone(1, { transfer: new Set([other]) }));
attempt("moves it", () => other.byteLength);

console.log(Object.prototype.toString.call(globalThis), Object.keys(globalThis).includes("setTimeout"));
for (const name of ["global", "clearImmediate", "clearInterval", "clearTimeout", "setImmediate", "setInterval", "setTimeout",
	"queueMicrotask", "structuredClone", "atob", "btoa", "performance", "URL", "Buffer", "process", "console", "Event"]) {
	const { enumerable } = Object.getOwnPropertyDescriptor(globalThis, name);
	console.log(name, enumerable);
}
console.log("done");
