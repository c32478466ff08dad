const util = require("util");
const words = (n, w = "word") => Array.from({ length: n }, (_, i) => w + i);
for (const n of [6, 7, 10, 26, 27, 40, 101, 120])
	console.log(words(n));
for (const n of [7, 16, 30, 100, 101, 150])
	console.log(Array.from({ length: n }, (_, i) => i * i));
console.log(Array.from({ length: 30 }, (_, i) => i * 1234567));
console.log(words(8, "a longer piece of text number "));
console.log([1.5, -2, 3000, 4, 5, 6, 7, 8.25, 9]);
console.log(Array.from({ length: 8 }, (_, i) => ({ i })), Array.from({ length: 8 }, (_, i) => [i, i]));
console.log({ alpha: "aaaaaaaaaaaaaaaaaaaa", beta: "bbbbbbbbbbbbbbbbbbbb", gamma: "cccccccccccc", delta: 1 });
console.log({ alpha: "aaaaaaaaaaaaaaaaaaaa", beta: "bbbbbbbbbbbbbbbbbbbb", gamma: "cccccccccc" });
console.log({ a: { b: { c: 1, d: [1, 2, 3] }, e: "x" }, f: [{ g: 1 }, { h: [1, [2]] }] });
console.log({ one: { two: { three: { four: 4 } } }, list: [[1, [2, [3, [4]]]]] });
console.log({ text: "a\nb", long: "x".repeat(100), multi: ["line one\nline two of it which is long", 1] });
console.log(new Map(words(5).map((w) => [w, { w }])), new Set(words(12)));
console.log(new Uint8Array(20).map((_, i) => i * 12), Buffer.from(words(10).join(" ")));
console.log([undefined, null, true, false, 1, "a", 2n, Symbol("q")], ["ü", "日本", "é", "x", "yy", "zzz", "w"]);
console.log(util.inspect(words(30), { breakLength: 40 }), util.inspect(words(10), { compact: false }), util.inspect(words(10), { compact: 1 }));
console.log(util.inspect({ a: { b: { c: { d: { e: 1 } } } } }, { depth: null }), util.inspect({ a: { b: 1 } }, { depth: 0 }));
console.log(util.inspect({ b: 1, a: 2 }, { sorted: true }), JSON.stringify(util.inspect({ a: 1, b: "x" }, { colors: true })), util.inspect([1, 2, 3, 4], { maxArrayLength: 2 }));
console.log(util.inspect("x".repeat(50), { maxStringLength: 10 }), util.inspect(123456789.123, { numericSeparator: true }), util.inspect([1], { showHidden: true }));
console.log(util.inspect({ get a() { return { b: 1 }; } }, { getters: true }), util.inspect(new Proxy({ a: 1 }, {})), util.inspect({ [util.inspect.custom](d, o) { return `<${d} ${typeof o.stylize}>`; } }));
console.log(util.inspect({ x: { [util.inspect.custom]: () => ({ replaced: [1, 2] }) } }), util.inspect(Object.create({ constructor: { name: "No" } })));
console.log("done");
