// Every specifier of util.format with every kind of value.
const { format, formatWithOptions } = require("util");
class Plain {}
class Own {
	toString() {
		return "own text";
	}
}
class Sub extends Own {}
const values = ["text", "", 5, -0, 1.5, NaN, Infinity, true, null, undefined, Symbol("s"), [], [1, [2, [3]]], {}, { a: { b: { c: 1 } } }, () => {}, function named() {}, class Foo {}, new Plain(), new Own(), new Sub(), new Date(0), /x/, new Map([[1, { a: 1 }]]), "12px", "0x1f", "-5.5e3", " 7 ", "abc", [5], { valueOf: () => 42 }, new Error("e").message, Object(5), Object("s")];
for (const value of values)
	for (const letter of "sdifjOc")
		console.log(letter, format(`%${letter}`, value));
for (const value of [[1, { a: 1 }], { a: { b: { c: { d: {} } } } }, 5, "t"])
	console.log(format("%o", value));
console.log(format("%s", "a", "b", { c: 1 }, null), format("%%", 1), format("%", 1), format("%x %s", 1), format("%s"), format("%s %s", 1), format("%%%s%%", "x"), format("%s%s%s", 1, 2), format("a%"), format("100%", 5));
console.log(format(), format(""), format("", ""), format(1, 2, "3"), format("a", "b"), format({ a: 1 }, "b", [1]), format(Symbol("x"), "y"), format(null, undefined), format("%s", null, undefined), format(" ", "x"));
console.log(format("%d %i %f", "1.9", "1.9", "1.9"), format("%d", ""), format("%i", ""), format("%f", ""), format("%d", { a: 1 }), format("%i", null), format("%f", null), format("%d", null), format("%d", [7]), format("%f", [7]));
console.log(formatWithOptions({ compact: false }, "%O", { a: { b: 1 } }), formatWithOptions({ colors: true }, "%s %O", "x", 1) === `x \u001b[33m1\u001b[39m`, formatWithOptions({ depth: 0 }, { a: { b: 1 } }));
for (const bad of [null, 5, undefined])
	try {
		formatWithOptions(bad, "x");
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
const circular = { a: 1 };
circular.self = circular;
console.log(format("%j", circular), format("%j", { toJSON: () => "json" }), format("%j", undefined), format("%j", () => {}), format("%j", "q\"uote"));
console.log("done");
