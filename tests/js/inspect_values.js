const util = require("util");
const show = (...args) => console.log(...args);
show(1, -0, 1.5, NaN, Infinity, 10n, true, undefined, null, Symbol("s"), "text");
show([1, -0, "it's", 'say "x"', `a'b"c`, "new\nline", "tab\t\u0001\x7f", "\ud800", "ü"]);
show({ a: 1, "b-c": 2, 3: 4, [Symbol("k")]: 5, nested: { deep: { deeper: { deepest: 1 } } } });
show([], {}, [[]], [{}], [undefined, null], [, 1, , , 2, ,], new Array(3));
show([1.5, "two", { three: 3 }], Object.assign([1, 2], { extra: true }), Object.assign([1], { "-1": 2 }));
show(function named() {}, () => {}, async () => {}, function* gen() {}, class A {}, class B extends Array {}, Math.max);
show(Object.assign(function f() {}, { x: 1 }));
show(new Map([["a", 1], [{ k: 1 }, [2]]]), new Set([1, "b", { c: 3 }]), new Map(), new Set());
show(new Date(0), new Date(NaN), /x/gi, Object.assign(/y/, { z: 1 }), new WeakMap(), new WeakSet());
show(new Uint8Array([1, 2, 3]), new Float64Array(2), new ArrayBuffer(4), new DataView(new ArrayBuffer(2)), new BigInt64Array(1));
show(Buffer.from("hello"), Buffer.alloc(0), Buffer.alloc(60, 1));
show(new Number(3), new String("abc"), new Boolean(false), Object(Symbol("b")), Object(10n));
show(Object.create(null), Object.assign(Object.create(null), { a: 1 }), Object.create({ inherited: 1 }));
class Foo { constructor() { this.x = 1; } get y() { return 2; } }
class Bar extends Foo {}
show(new Foo(), new Bar(), [new Foo()], { foo: new Foo() }, Foo.prototype, new (class extends Map {})([[1, 2]]), new (class X extends Set {})());
show({ get a() { return 1; }, set b(v) {}, get c() { return 1; }, set c(v) {} });
const circle = { name: "c" }; circle.self = circle; circle.list = [circle, { circle }];
show(circle);
const x = {}, y = { x }; x.y = y; show([x, y]);
show({ [Symbol.toStringTag]: "Tagged", a: 1 }, new (class Z { get [Symbol.toStringTag]() { return "Q"; } })());
show((function () { return arguments; })(1, 2), globalThis === global, [new Map([[1, 2]]).entries(), new Set([5]).values()].length);
show({ f() {}, g: () => {}, h: class {} }, [function () {}], { undefined: undefined, null: null });
show([["a", ["b", ["c", ["d", ["e"]]]]]], { a: { b: { c: { d: 1 } } } }, { a: { b: { c: {} } } }, { a: { b: { c: [] } } }, { a: { b: { c: new Map() } } });
show({ a: [{ b: { c: 1 } }] }, [[[[]]]], [[[[1]]]], { s: new Set([[1, [2, [3]]]]) });
show(process.versions.node.length > 0, "done");
