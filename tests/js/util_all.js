const util = require("util");
const p = util.promisify((a, cb) => setImmediate(() => a ? cb(null, a * 2) : cb(new Error("no a"))));
class A { m(cb) { cb(null, this.v); } } const a = new A(); a.v = 7; a.pm = util.promisify(a.m);
function Old() {} function Base() {} Base.prototype.hi = () => "hi"; util.inherits(Old, Base);
(async () => {
	console.log(await p(2), await p(0).catch((e) => e.message), await a.pm(), new Old().hi(), Old.super_ === Base);
	await new Promise((ok) => util.callbackify(async (x) => x + 1)(1, (e, v) => { console.log(e, v); ok(); }));
	await new Promise((ok) => util.callbackify(async () => { throw null; })((e) => { console.log(e.code, e.reason); ok(); }));
	const same = util.isDeepStrictEqual;
	console.log(same({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }), same([1], ["1"]), same(new Map([[{ a: 1 }, 1]]), new Map([[{ a: 1 }, 1]])), same(new Set([1, [2]]), new Set([[2], 1])), same(NaN, NaN), same(0, -0), same(new Date(1), new Date(1)), same(/a/g, /a/i), same([1, , 3], [1, undefined, 3]), same(Object.create(null), {}), same(new Uint8Array([1]), new Uint8Array([1])), same(Object(1), Object(1)), same({ a: undefined }, {}), same([], {}));
	const t = util.types; console.log(t.isPromise(p(1)), t.isRegExp(/x/), t.isDate(new Date()), t.isMap(new Map()), t.isSet({}), t.isUint8Array(Buffer.alloc(1)), t.isAsyncFunction(async () => {}), t.isGeneratorFunction(function* () {}), t.isNativeError(new TypeError()), t.isBoxedPrimitive(Object(1)), t.isTypedArray([]), t.isArrayBuffer(new ArrayBuffer(1)), t.isAnyArrayBuffer(1), t.isNumberObject(new Number(1)), t.isWeakMap(new WeakMap()));
	console.log(util.stripVTControlCharacters("\u001b[31mred\u001b[0m"), util.toUSVString("a\ud800"), util.getSystemErrorName(-2), util.format === require("util").format, util.inspect.custom, typeof util.TextEncoder, util.inspect.defaultOptions.depth);
	const dep = util.deprecate(() => "result", "old way", "DEP_X"); console.log(typeof dep);
	for (const bad of [() => util.promisify(1), () => util.inherits(1, 2), () => util.callbackify("x"), () => util.stripVTControlCharacters(1)]) try { bad(); } catch (e) { console.log(e.code, e.message); }
	console.log("done");
})();
