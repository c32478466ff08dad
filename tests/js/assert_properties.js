// What assert.throws says of an error that is not like the object, and notDeepEqual of values that only look unlike.
"use strict";

const assert = require("assert");

function tell(run) {
	try {
		run();
		console.log("passes");
	} catch (error) {
		console.log(error.name, error.code, error.generatedMessage, error.operator);
		console.log(error.message);
	}
}

const throwing = (message, more) => () => {
	throw Object.assign(new Error(message), more);
};
for (const [message, more, expected] of [["x", {}, { message: "y", name: "Error" }], ["x", { code: 5 }, { code: 6 }],
	["x", { code: 5 }, { code: 5, message: /q/ }], ["x", {}, { missing: 1 }], ["x", {}, new Error("b")], ["x", {}, { message: "x" }]])
	tell(() => assert.throws(throwing(message, more), expected));
for (const [a, b] of [[{ a: 1 }, { a: "1" }], [[1], ["1"]], [1, "1"], [[1], [1]], [[1], [2]]])
	tell(() => assert.notDeepEqual(a, b));
console.log("done");
