// Deep equality, strict and loose, over all kinds of objects.
const assert = require("assert");
const { isDeepStrictEqual } = require("util");
const holds = (run) => {
	try {
		run();
		return "y";
	} catch (error) {
		return error.name === "AssertionError" ? "n" : error.name;
	}
};
class A {
	constructor() {
		this.x = 1;
	}
}
class B {
	constructor() {
		this.x = 1;
	}
}
const symbolic = (v) => ({ [Symbol.for("k")]: v });
const circular = () => {
	const o = { a: 1 };
	o.self = o;
	return o;
};
const pairs = {
	classes: [new A(), new B()], plain: [new A(), { x: 1 }], nullProto: [Object.create(null), {}], order: [{ a: 1, b: 2 }, { b: 2, a: 1 }],
	undefinedKey: [{ a: undefined }, {}], undefinedKeys: [{ a: undefined }, { b: undefined }], arrays: [[1, [2, [3]]], [1, [2, ["3"]]]], holes: [[1, , 3], [1, undefined, 3]],
	arrayObject: [[1], { 0: 1, length: 1 }], extra: [Object.assign([1], { x: 1 }), [1]], dates: [new Date(1), new Date(1)], datesDiffer: [new Date(1), new Date(2)], dateObject: [new Date(0), {}],
	regexps: [/a/g, /a/g], flags: [/a/g, /a/i], errors: [new Error("a"), new Error("a")], errorsDiffer: [new Error("a"), new Error("b")], errorKinds: [new Error("a"), new TypeError("a")],
	nan: [{ a: NaN }, { a: NaN }], zero: [{ a: 0 }, { a: -0 }], symbols: [symbolic(1), symbolic(1)], symbolsDiffer: [symbolic(1), symbolic(2)], symbolMissing: [symbolic(1), {}],
	maps: [new Map([[1, { a: 1 }]]), new Map([[1, { a: 1 }]])], mapOrder: [new Map([[1, 2], [3, 4]]), new Map([[3, 4], [1, 2]])], mapKeys: [new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])], mapLoose: [new Map([[1, 1]]), new Map([["1", "1"]])], mapValues: [new Map([[1, 1]]), new Map([[1, "1"]])], mapUndefined: [new Map([[1, undefined]]), new Map([[2, undefined]])],
	sets: [new Set([1, { a: 1 }]), new Set([{ a: 1 }, 1])], setsDiffer: [new Set([1, 2]), new Set([1, 3])], setLoose: [new Set([1]), new Set(["1"])], setNested: [new Set([new Set([1])]), new Set([new Set([1])])], setPairs: [new Set([{ a: 1 }, { a: 1 }]), new Set([{ a: 1 }, { a: 2 }])], setNull: [new Set([null]), new Set([undefined])],
	typed: [new Uint8Array([1, 2]), new Uint8Array([1, 2])], typedDiffer: [new Uint8Array([1]), new Uint8Array([2])], typedKinds: [new Uint8Array([1]), new Int8Array([1])], floats: [new Float32Array([-0]), new Float32Array([0])], buffers: [Buffer.from("a"), Buffer.from("a")], bufferArray: [Buffer.from("a"), new Uint8Array([97])], arrayBuffers: [new Uint8Array([1]).buffer, new Uint8Array([1]).buffer], views: [new DataView(new ArrayBuffer(1)), new DataView(new ArrayBuffer(1))],
	boxed: [new Number(1), new Number(1)], boxedDiffer: [new Number(1), new Number(2)], boxedString: [new String("a"), Object("a")], boxedKinds: [new Number(1), new String("1")], boxedPrimitive: [new Number(1), 1], boxedSymbol: [Object(Symbol.for("a")), Object(Symbol.for("a"))],
	circular: [circular(), circular()], functions: [() => {}, () => {}], same: [holds, holds], primitives: [1, 1], looseNull: [null, undefined], textNumber: ["1", 1], objectNull: [{}, null], objectPrimitive: [{}, 1],
	tags: [{ [Symbol.toStringTag]: "a" }, {}], weak: [new WeakMap(), new WeakMap()], promises: [Promise.resolve(1), Promise.resolve(1)], bigints: [{ a: 1n }, { a: 1n }], bigintLoose: [{ a: 1n }, { a: 1 }], getters: [{ get a() {
		return 1;
	} }, { a: 1 }], hidden: [Object.defineProperty({}, "h", { value: 1 }), {}], nestedLoose: [{ a: { b: [1, "2"] } }, { a: { b: ["1", 2] } }], args: [(function () {
		return arguments;
	})(1), [1]], cause: [new Error("a", { cause: 1 }), new Error("a", { cause: 1 })],
};
for (const [name, [a, b]] of Object.entries(pairs))
	console.log(name, holds(() => assert.deepEqual(a, b)), holds(() => assert.deepStrictEqual(a, b)), holds(() => assert.deepEqual(b, a)), isDeepStrictEqual(b, a), holds(() => assert.notDeepEqual(a, b)), holds(() => assert.notDeepStrictEqual(a, b)));
console.log("done");
