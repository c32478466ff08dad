// structuredClone and performance.
const { inspect } = require("util");
const original = { a: 1, b: [1, , "x"], c: new Date(0), d: /x/gi, e: new Map([["k", { v: 1 }]]), f: new Set([1, "s"]), g: undefined, h: null, i: 10n, j: new Uint8Array([1, 2]), k: new ArrayBuffer(2), l: NaN, m: -0, n: Object(5), o: Object("boxed"), p: Object(false) };
original.self = original;
original.again = original.b;
const copy = structuredClone(original);
console.log(inspect(copy), copy !== original, copy.self === copy, copy.again === copy.b, copy.b !== original.b);
class A {
	x = 1;

	get y() {
		return 2;
	}
}
const plain = structuredClone(new A());
console.log(plain, plain instanceof A, plain.y, structuredClone({ get z() {
	return 5;
} }), structuredClone(Object.create({ inherited: 1 })), structuredClone(Object.defineProperty({}, "hidden", { value: 1 })));
const error = structuredClone(new RangeError("e"));
console.log(error instanceof RangeError, error.name, error.message);
for (const value of [1, "text", true, null, undefined, 1n, new Date(NaN)])
	console.log(structuredClone(value));
for (const bad of [() => {}, Symbol("s"), { f() {} }, new WeakMap(), Promise.resolve(), [Symbol("t")]])
	try {
		structuredClone(bad);
	} catch (thrown) {
		console.log(thrown.name, thrown.code, thrown instanceof DOMException);
	}
try {
	structuredClone();
} catch (thrown) {
	console.log(thrown.name, thrown.code);
}
const now = performance.now();
console.log(typeof now, performance.now() >= now, typeof performance.timeOrigin, Math.abs(performance.timeOrigin + now - Date.now()) < 60000, "done");
