// util.types over every kind of value.
const { types } = require("util");
const values = { date: new Date(), regexp: /x/, map: new Map(), set: new Set(), weakMap: new WeakMap(), weakSet: new WeakSet(), promise: Promise.resolve(), error: new Error(), typeError: new TypeError(), ownError: Object.create(Error.prototype), buffer: Buffer.alloc(1), u8: new Uint8Array(1), u8c: new Uint8ClampedArray(1), i16: new Int16Array(1), f64: new Float64Array(1), b64: new BigInt64Array(1), arrayBuffer: new ArrayBuffer(1), view: new DataView(new ArrayBuffer(1)), fn: () => {}, asyncFn: async () => {}, gen: function* () {}, asyncGen: async function* () {}, genObject: (function* () {})(), number: new Number(1), string: new String(""), boolean: new Boolean(false), symbol: Object(Symbol()), bigint: Object(1n), args: (function () {
	return arguments;
})(), mapIterator: new Map().keys(), setIterator: new Set().values(), plain: {}, array: [], primitive: 1, text: "x", nothing: null, missing: undefined, fakeDate: { [Symbol.toStringTag]: "Date" }, fakeMap: Object.create(Map.prototype), fakePromise: { then() {} }, subMap: new (class extends Map {})(), class: class {} };
for (const name of Object.keys(types).sort())
	if (!["isExternal", "isProxy", "isEventTarget", "isWebAssemblyCompiledModule", "isKeyObject", "isCryptoKey"].includes(name))
		console.log(name, Object.entries(values).filter(([, value]) => types[name](value)).map(([key]) => key).join());
console.log(require("util/types") === types, require("node:util").types === types, types.isDate(), "done");
