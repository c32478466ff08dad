// The options of inspect: sorted, getters, compact, breakLength, showHidden, colors, defaults.
const { inspect } = require("util");
const o = { c: 1, a: { z: 1, y: 2 }, b: [3, 1, 2] };
console.log(inspect(o, { sorted: true }), inspect(o, { sorted: (a, b) => a < b ? 1 : -1 }), inspect(new Set(["b", "a"]), { sorted: true }), inspect(new Map([["b", 1], ["a", 2]]), { sorted: true }));
const g = {
	get a() {
		return { x: 1 };
	},
	set a(v) {},
	get b() {
		throw new Error("in a getter");
	},
	set c(v) {},
	get d() {
		return 5;
	},
};
console.log(inspect(g), inspect(g, { getters: true }), inspect(g, { getters: "get" }), inspect(g, { getters: "set" }));
const wide = { first: "a long text that fills", second: "another long text that", third: [1, 2, 3], fourth: { nested: true } };
for (const options of [{}, { breakLength: 200 }, { breakLength: 40 }, { breakLength: Infinity }, { compact: false }, { compact: true }, { compact: 1 }, { compact: 0 }, { compact: 5, breakLength: 100 }, { compact: false, breakLength: 30 }])
	console.log(JSON.stringify(options), inspect(wide, options));
console.log(inspect([[1, 2, [3, 4]], { a: { b: { c: {} } } }], { compact: false }), inspect([], { compact: false }), inspect({ a: [] }, { compact: false }));
console.log(inspect([1, 2], { showHidden: true }), inspect(Object.defineProperty({ v: 1 }, "hidden", { value: 2 }), { showHidden: true }), inspect(Object.defineProperty({}, Symbol("hs"), { value: 3 }), { showHidden: true }), inspect(Object.defineProperty({}, "g", { get() {}, enumerable: false }), { showHidden: true }));
console.log(JSON.stringify(inspect({ n: 1, s: "t", b: true, u: undefined, z: null, sy: Symbol("q"), d: new Date(0), r: /x/, f() {}, big: 1n, nested: { a: { b: { c: 1 } } } }, { colors: true })));
console.log(JSON.stringify(inspect([1, , "x"], { colors: true })), JSON.stringify(inspect(new Map([["k", 1]]), { colors: true })), JSON.stringify(inspect(class Foo {}, { colors: true })), JSON.stringify(inspect(g, { colors: true })));
console.log(inspect({ a: { b: { c: {} } } }, false, 0), inspect({ a: { b: 1 } }, true, null), JSON.stringify(inspect(1, false, 1, true)));
console.log(inspect.defaultOptions);
inspect.defaultOptions = { depth: 0 };
console.log({ a: { b: 1 } }, inspect.defaultOptions.depth);
inspect.defaultOptions.depth = 2;
for (const bad of [null, 5, "x"])
	try {
		inspect.defaultOptions = bad;
		console.log("taken");
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(inspect.custom, Object.keys(inspect.styles), inspect.colors.red, inspect.styles.number, "done");
