// The comparisons of assert: which hold, and what the errors of the others have.
const assert = require("assert");
const values = [0, -0, 1, "1", "a", NaN, null, undefined, true, false, "", [], {}, [1], { a: 1 }, 1n, Symbol.for("s"), new Date(0), /a/, new Number(1), () => {}];
const methods = ["equal", "notEqual", "strictEqual", "notStrictEqual", "deepEqual", "notDeepEqual", "deepStrictEqual", "notDeepStrictEqual"];
for (const method of methods)
	console.log(method, values.map((a) => values.map((b) => {
		try {
			assert[method](a, b);
			return 1;
		} catch (error) {
			return error instanceof assert.AssertionError ? 0 : error.name;
		}
	}).join("")).join(" "));
for (const method of methods)
	try {
		assert[method](method.startsWith("not") ? 1 : 1, method.startsWith("not") ? 1 : 2);
	} catch (error) {
		console.log(error.name, error.code, error.actual, error.expected, error.operator, error.generatedMessage, Object.keys(error).join());
		console.log(error.message);
	}
for (const method of methods)
	for (const message of ["own message", new TypeError("own error")])
		try {
			assert[method](1, method.startsWith("not") ? 1 : 2, message);
		} catch (error) {
			console.log(method, error.name, error.message.split("\n")[0], error.generatedMessage);
		}
for (const method of methods)
	for (const args of [[], [1]])
		try {
			assert[method](...args);
		} catch (error) {
			console.log(method, error.name, error.code, error.message);
		}
console.log("done");
