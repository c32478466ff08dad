// The messages that assert makes: of short values, of texts, of objects that differ in some lines.
const assert = require("assert");
const said = (run) => {
	try {
		run();
		console.log("holds");
	} catch (error) {
		console.log(error.name, error.code);
		console.log(error.message.replace(/[^\n]*\.js:[^\n]*/g, ""));
	}
};
said(() => assert.strictEqual(1, 2));
said(() => assert.strictEqual("a", "b"));
said(() => assert.strictEqual("a".repeat(10), "a".repeat(11)));
said(() => assert.strictEqual(true, 1));
said(() => assert.strictEqual(undefined, null));
said(() => assert.strictEqual(-0, 0));
said(() => assert.strictEqual(NaN, 0));
said(() => assert.strictEqual({ a: 1 }, { a: 1 }));
said(() => assert.strictEqual([1], [1]));
said(() => assert.notStrictEqual(1, 1));
said(() => assert.notStrictEqual("text", "text"));
const same = { a: 1 };
said(() => assert.notStrictEqual(same, same));
said(() => assert.equal(1, 2));
said(() => assert.equal("a", "b"));
said(() => assert.equal({ a: 1 }, { a: 1 }));
said(() => assert.equal(null, false));
said(() => assert.notEqual(1, "1"));
said(() => assert.notDeepStrictEqual({ a: 1 }, { a: 1 }));
said(() => assert.notDeepEqual([1, 2], [1, 2]));
said(() => assert.notDeepStrictEqual(1, 1));
said(() => assert.deepEqual(1, 2));
said(() => assert.deepEqual({ a: 1 }, { a: 2 }));
said(() => assert.deepEqual([1, 2, 3], [1, 2]));
said(() => assert.fail());
said(() => assert.fail("own"));
said(() => assert.fail(new RangeError("own error")));
said(() => assert.ifError(new TypeError("an error")));
said(() => assert.ifError("text"));
said(() => assert.ifError(0));
said(() => assert.ifError({ message: "no error" }));
said(() => assert.ifError(null));
said(() => assert.ifError(undefined));
said(() => assert.match("abc", /x/));
said(() => assert.match(5, /x/));
said(() => assert.match("abc", "x"));
said(() => assert.match("abc", /b/));
said(() => assert.match("abc", /x/, "own"));
said(() => assert.doesNotMatch("abc", /b/));
said(() => assert.doesNotMatch(5, /x/));
said(() => assert.doesNotMatch("abc", /x/));
said(() => assert.ok());
said(() => assert.ok(0, "own"));
said(() => assert(null, new TypeError("given")));
said(() => assert.strict.equal(1, "1"));
said(() => assert.strict.notDeepEqual({}, {}));
console.log("done");
