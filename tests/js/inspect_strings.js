// How texts, keys and symbols are quoted, and where long ones are cut.
const { inspect } = require("util");
for (const text of ["", "plain", "it's", 'say "hi"', "it's \"both\"", "it's \"all\" `three`", "a\nb", "tab\t", "\u0001\u001f\u007f", "\\", "é☃𝄞", "\ud834", "a\ud834b", "\udd1e"])
	console.log(inspect(text), inspect([text]), inspect({ [text]: text }));
console.log(inspect({ a: 1, "b-c": 2, 3: 3, "4x": 4, _: 5, $: 6, "é": 7, "": 8, "a b": 9, "it's": 10, constructor: 1, true: 2 }));
console.log(inspect({ [Symbol("s")]: 1, [Symbol()]: 2, [Symbol.iterator]: 3, [Symbol.for("with space")]: 4 }), inspect(Symbol("a b")), inspect(Symbol("it's")));
console.log(inspect("x".repeat(12), { maxStringLength: 5 }), inspect("x".repeat(6), { maxStringLength: 5 }), inspect("abc", { maxStringLength: 0 }), inspect("abc", { maxStringLength: null }));
console.log(inspect({ text: "line one\nline two\nline three which is longer" }));
console.log(inspect(["line one\nline two", "x"]), inspect({ a: { b: "first\nsecond ".repeat(5) } }));
console.log(inspect("line one of many words here\nline two of many words here\nline three of many words here"));
console.log(inspect({ long: "word ".repeat(30) }), inspect("word ".repeat(30)));
console.log(inspect(new String("boxed")), inspect(Object("it's")), inspect(Object(Symbol("b"))), inspect(Object(1n)), inspect(Object(-0)), inspect(Object(true)));
const boxed = new String("abc");
boxed.extra = 1;
console.log(inspect(boxed), inspect(Object.assign(new Number(3), { a: 1 })));
console.log(inspect(-0), inspect(0), inspect(1e21), inspect(123456789.123, { numericSeparator: true }), inspect(-1234n, { numericSeparator: true }), inspect(1234.5678, { numericSeparator: true }), inspect(0.00001234, { numericSeparator: true }));
console.log("done");
