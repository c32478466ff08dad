// throws, doesNotThrow, rejects, doesNotReject with every kind of expectation.
const assert = require("assert");
const thrower = () => {
	throw Object.assign(new TypeError("it broke"), { code: "E_BROKE", info: { a: 1 } });
};
class Mine extends Error {}
const expectations = {
	none: [], type: [TypeError], base: [Error], other: [RangeError], own: [Mine], regexp: [/broke/], regexpName: [/^TypeError: it broke$/], regexpMiss: [/nothing/],
	object: [{ message: "it broke" }], objectAll: [{ name: "TypeError", message: /^it/, code: "E_BROKE", info: { a: 1 } }], objectMiss: [{ code: "E_OTHER" }], objectMissing: [{ nothing: 1 }], objectRegexp: [{ message: /nothing/ }],
	error: [Object.assign(new TypeError("it broke"), { code: "E_BROKE" })], errorMiss: [new TypeError("other")], fn: [(e) => e instanceof TypeError], fnFalse: [() => false], fnNamed: [function named() {
		return 1;
	}], fnArrow: [(e) => e.message], fnThrows: [() => {
		throw new Error("from the function");
	}], message: ["a message"], typeMessage: [RangeError, "own message"], regexpMessage: [/x/, "own message"], errorMessage: [/x/, new Error("own error")],
	empty: [{}], number: [5], text: ["it broke"], nothing: [null], undefined: [undefined],
};
const tell = (name, error) => console.log(name, error.name, error.code, error.operator, error.generatedMessage, JSON.stringify(error.message.split("\n")[0]));
for (const [name, args] of Object.entries(expectations)) {
	try {
		assert.throws(thrower, ...args);
		console.log(name, "holds");
	} catch (error) {
		tell(name, error);
	}
}
for (const [name, args] of Object.entries({ none: [], type: [TypeError], message: ["own"], typeMessage: [TypeError, "own"], object: [{ a: 1 }] })) {
	try {
		assert.throws(() => {}, ...args);
	} catch (error) {
		tell(`silent ${name}`, error);
		console.log(JSON.stringify(error.message));
	}
}
for (const [name, args] of Object.entries({ none: [], type: [TypeError], other: [RangeError], regexp: [/broke/], message: ["own"], both: [TypeError, "own"] })) {
	try {
		assert.doesNotThrow(thrower, ...args);
	} catch (error) {
		tell(`unwanted ${name}`, error);
		console.log(JSON.stringify(error.message));
	}
}
for (const bad of [5, null, "x", {}, Promise.resolve()])
	for (const method of ["throws", "doesNotThrow"])
		try {
			assert[method](bad);
		} catch (error) {
			console.log(method, error.name, error.code, error.message);
		}
for (const value of ["text", 5, null, undefined])
	try {
		assert.throws(() => {
			throw value;
		}, { message: "x" });
	} catch (error) {
		console.log(error === value, error && error.name);
	}
(async () => {
	for (const [name, args] of Object.entries(expectations))
		await assert.rejects(async () => thrower(), ...args).then(() => console.log("rejects", name, "holds"), (error) => tell(`rejects ${name}`, error));
	for (const [name, value] of Object.entries({ resolved: Promise.resolve(1), fn: async () => 1, value: 5, notPromise: () => 5, sync: () => {
		throw new Error("sync");
	}, thenable: { then: (ok) => ok(1) }, thenableCatch: { then: (ok, no) => no(new Error("t")), catch() {} } })) {
		await assert.rejects(value).then(() => console.log(name, "holds"), (error) => console.log(name, error.name, error.code, error.message));
		await assert.doesNotReject(value).then(() => console.log(name, "holds too"), (error) => console.log(name, error.name, error.code, error.message));
	}
	console.log("done");
})();
