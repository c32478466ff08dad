// Instances, null prototypes, tags, functions and classes.
const { inspect } = require("util");
class A {
	constructor() {
		this.x = 1;
	}

	get y() {
		return 2;
	}
}
class B extends A {}
class Empty {}
console.log(new A(), new B(), new Empty(), [new A()], { a: new B() }, Object.create(new A()), Object.create(A.prototype));
console.log(A, B, class {}, class extends A {}, class extends null {}, [A, B], { A });
console.log(Object.create(null), Object.assign(Object.create(null), { a: 1 }), Object.create({}), Object.create(Object.create(null)), Object.setPrototypeOf([1], null), Object.setPrototypeOf(new Map([[1, 2]]), null), Object.setPrototypeOf(() => {}, null));
console.log(function named() {}, function () {}, () => {}, async () => {}, function* gen() {}, async function* agen() {}, async function an() {}, Math.max, Function, Object);
const f = function () {};
f.prop = 1;
f.nested = { a: { b: { c: 1 } } };
console.log(f, Object.assign(() => {}, { a: 1 }), [f], { f });
class Tagged {
	get [Symbol.toStringTag]() {
		return "Tag";
	}
}
console.log(new Tagged(), { [Symbol.toStringTag]: "Own" }, Object.assign(new Tagged(), { a: 1 }), Object.defineProperty({}, Symbol.toStringTag, { value: "Hidden" }));
class ExtArray extends Array {}
class ExtMap extends Map {}
class ExtSet extends Set {}
class ExtPromise extends Promise {}
class ExtError extends Error {}
class ExtDate extends Date {}
class ExtRegExp extends RegExp {}
console.log(ExtArray.from([1, 2]), new ExtMap([[1, 2]]), new ExtSet([1]), new ExtDate(0), new ExtRegExp("a", "g"), new (class extends Uint8Array {})(2), new (class Buf extends ArrayBuffer {})(2));
console.log(new ExtArray(3), Object.assign(new ExtArray(), { k: 1 }), new ExtMap(), new ExtSet());
console.log(Math, JSON, globalThis === global, Reflect, Atomics, Intl);
console.log((function () {
	return arguments;
})(1, "two"), new Proxy({ a: 1 }, {}), new Proxy([1], {}), new Proxy(function p() {}, {}));
console.log(new WeakMap(), new WeakSet(), Object(Symbol.iterator), new Date(NaN), new Date(0), [new Date(0)], /re/gi, Object.assign(/x/, { a: 1 }), Object.assign(new Date(0), { a: 1 }));
const o = new A();
o.constructor = "changed";
console.log(o, { constructor: 5 }, { constructor: { name: "Fake" } });
console.log("done");
