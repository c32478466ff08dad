const util = require("util");
const f = util.format;
console.log(f("%s %s", "a", "b", "c"), f("%s", "x"), f("%d", 42), f("%d", "42"), f("%d", "x"), f("%i", 42.9), f("%f", "1.5x"), f("%j", { a: 1 }), f("%%"), f("%s"));
console.log(f("%o", { a: [1, 2] }), f("%O", { a: { b: { c: { d: 1 } } } }), f("%c styled", "css"), f("%x", 1), f("a", "b", { c: 1 }), f(1, 2, "3"), f({ a: 1 }, "s"));
console.log(f("%s", null), f("%s", undefined), f("%s", 10n), f("%s", Symbol("s")), f("%s", { a: { b: 1 } }), f("%s", [1, [2, [3]]]), f("%s", () => 1), f("%s", class Foo {}), f("%s", -0));
console.log(f("%s", new Date(0)), f("%s", { toString() { return "own"; } }), f("%s", new (class A { toString() { return "of a class"; } })()), f("%s", Object.create(null)));
console.log(f("%d", 10n), f("%i", 10n), f("%d", Symbol("x")), f("%f", Symbol("x")), f("%d", {}), f("%d", null), f("%i", "0x1f"), f("%d", -0), f("%d", ""));
const c = {}; c.c = c; console.log(f("%j", c), f("%s%s", "only one"), f("no args %s"), f("100%", "x"), f("%", 1), f());
console.log("done");
