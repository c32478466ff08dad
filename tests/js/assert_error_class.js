// AssertionError made by hand, and assert's strict face.
const assert = require("assert");
const { AssertionError } = assert;
for (const options of [{ message: "given" }, { actual: 1, expected: 2, operator: "strictEqual" }, { actual: 1, expected: 2, operator: "==" }, { actual: "x", expected: "x", operator: "notStrictEqual" }, { operator: "custom" }, { actual: 1, expected: 2, operator: "own", message: "m" }]) {
	const error = new AssertionError(options);
	console.log(error.name, error.code, error.actual, error.expected, error.operator, error.generatedMessage, JSON.stringify(error.message));
	console.log(error instanceof Error, String(error).split("\n")[0], Object.prototype.toString.call(error));
}
for (const bad of [undefined, null, "text", 5])
	try {
		new AssertionError(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(assert.strict.equal === assert.strictEqual, assert.strict.deepEqual === assert.deepStrictEqual, assert.strict.strict === assert.strict, assert.strict.notEqual === assert.notStrictEqual);
console.log(require("assert/strict") === assert.strict, require("node:assert") === assert, assert.ok === assert, typeof assert.strict, assert.name, assert.ok.name, assert.length);
console.log(Object.keys(assert).filter((name) => !["CallTracker", "partialDeepStrictEqual", "Assert"].includes(name)));
console.log("done");
