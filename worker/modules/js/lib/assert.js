// assert: the checks, with Node's errors; their messages show both values.
"use strict";

const { inspect } = require("inspect");
const { argType, coded, isError } = require("errors");
const deepEqual = require("deep_equal");

const HEADS = {
	strictEqual: "Expected values to be strictly equal:", deepStrictEqual: "Expected values to be strictly deep-equal:",
	deepEqual: "Expected values to be loosely deep-equal:",
	notStrictEqual: 'Expected "actual" to be strictly unequal to:',
	notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
	notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
};

function shown(value) {
	return inspect(value, { compact: false, customInspect: false, depth: 1000, maxArrayLength: Infinity, sorted: true, getters: true });
}

function simple(value) {
	return value === null || (typeof value !== "object" && typeof value !== "function");
}

// Lines that both have, that only the actual value has (+), that only the expected one has (-).
function difference(actual, expected) {
	const a = actual.split("\n"), b = expected.split("\n");
	const table = Array.from({ length: a.length + 1 }, () => new Array(b.length + 1).fill(0));
	for (let i = a.length - 1; i >= 0; i--)
		for (let j = b.length - 1; j >= 0; j--)
			table[i][j] = a[i] === b[j] ? table[i + 1][j + 1] + 1 : Math.max(table[i + 1][j], table[i][j + 1]);
	const out = [];
	let i = 0, j = 0;
	while (i < a.length || j < b.length) {
		if (i < a.length && j < b.length && a[i] === b[j]) {
			out.push(`  ${a[i++]}`);
			j++;
		} else if (i < a.length && (j === b.length || table[i + 1][j] >= table[i][j + 1])) {
			out.push(`+ ${a[i++]}`);
		} else {
			out.push(`- ${b[j++]}`);
		}
	}
	return out.join("\n");
}

function describe(operator, actual, expected) {
	if (operator === "==" || operator === "!=")
		return `${inspect(actual)} ${operator} ${inspect(expected)}`;
	const head = HEADS[operator];
	if (head === undefined)
		return "Failed";
	const a = shown(actual), b = shown(expected);
	if (operator.startsWith("not"))
		return simple(expected) ? `${head} ${b}` : `${head}\n\n${b}\n`;
	if (operator === "deepEqual")
		return `${head}\n\n${a}\n\nshould loosely deep-equal\n\n${b}`;
	if (operator === "strictEqual" && simple(actual) && simple(expected) && (actual !== 0 || expected !== 0) &&
		a.length + b.length < 12 + 1)
		return `${head}\n\n${a} !== ${b}\n`;
	if (a === b && operator === "deepStrictEqual")
		return `Values have same structure but are not reference-equal:\n\n${a}\n`;
	return `${head}\n+ actual - expected\n\n${difference(a, b)}`;
}

class AssertionError extends Error {
	constructor(options) {
		if (options === null || typeof options !== "object")
			throw argType("options", "of type object", options);
		const { message, operator, actual, expected } = options;
		super(message !== undefined ? String(message) : describe(operator, actual, expected));
		this.generatedMessage = message === undefined;
		Object.defineProperty(this, "name", { configurable: true, writable: true, value: "AssertionError" });
		this.code = "ERR_ASSERTION";
		this.actual = actual;
		this.expected = expected;
		this.operator = operator;
	}

	toString() {
		return `${this.name} [${this.code}]: ${this.message}`;
	}
}

function fail(message, operator, actual, expected) {
	if (isError(message))
		throw message;
	throw new AssertionError({ message, operator, actual, expected });
}

function missing(args, n) {
	if (args.length < n)
		throw coded(TypeError, "ERR_MISSING_ARGS", 'The "actual" and "expected" arguments must be specified');
}

function assert(...args) {
	check(args, "==");
}

function check(args, operator) {
	const [value, message] = args;
	if (value)
		return;
	if (args.length === 0)
		fail("No value argument passed to `assert.ok()`", operator, value, true);
	if (message === undefined) {
		const error = new AssertionError({ message: "The expression evaluated to a falsy value", operator, actual: value, expected: true });
		error.generatedMessage = true;
		throw error;
	}
	fail(message, operator, value, true);
}

const compare = (operator, same) => function (actual, expected, message) {
	missing(arguments, 2);
	if (!same(actual, expected))
		fail(message, operator, actual, expected);
};

Object.assign(assert, {
	ok: (...args) => check(args, "=="),
	// eslint-disable-next-line eqeqeq
	equal: compare("==", (a, b) => a == b || (a !== a && b !== b)),
	// eslint-disable-next-line eqeqeq
	notEqual: compare("!=", (a, b) => !(a == b || (a !== a && b !== b))),
	strictEqual: compare("strictEqual", Object.is),
	notStrictEqual: compare("notStrictEqual", (a, b) => !Object.is(a, b)),
	deepEqual: compare("deepEqual", deepEqual.loose),
	notDeepEqual: compare("notDeepEqual", (a, b) => !deepEqual.loose(a, b)),
	deepStrictEqual: compare("deepStrictEqual", deepEqual.strict),
	notDeepStrictEqual: compare("notDeepStrictEqual", (a, b) => !deepEqual.strict(a, b)),
	fail(message = "Failed") {
		if (isError(message))
			throw message;
		const error = new AssertionError({ message, operator: "fail" });
		error.generatedMessage = arguments.length === 0;
		throw error;
	},
	ifError(value) {
		if (value === null || value === undefined)
			return;
		throw new AssertionError({ actual: value, expected: null, operator: "ifError",
			message: `ifError got unwanted exception: ${isError(value) && typeof value.message === "string" && value.message !== "" ? value.message : inspect(value)}` });
	},
	match(text, pattern, message) {
		matching(text, pattern, message, true);
	},
	doesNotMatch(text, pattern, message) {
		matching(text, pattern, message, false);
	},
	throws(run, ...rest) {
		expectThrow(thrownBy(run), rest, "throws");
	},
	doesNotThrow(run, ...rest) {
		expectNone(thrownBy(run), rest, "doesNotThrow");
	},
	async rejects(run, ...rest) {
		expectThrow(await rejectedBy(run), rest, "rejects");
	},
	async doesNotReject(run, ...rest) {
		expectNone(await rejectedBy(run), rest, "doesNotReject");
	},
	AssertionError,
});

function matching(text, pattern, message, wanted) {
	if (!(pattern instanceof RegExp))
		throw argType("regexp", "an instance of RegExp", pattern);
	if (typeof text === "string" && pattern.test(text) === wanted)
		return;
	const said = typeof text !== "string" ? `The "string" argument must be of type string. Received type ${typeof text} (${inspect(text)})`
		: `The input ${wanted ? "did not match" : "was expected to not match"} the regular expression ${inspect(pattern)}. Input:\n\n${inspect(text)}\n`;
	if (isError(message))
		throw message;
	const error = new AssertionError({ message: message ?? said, actual: text, expected: pattern, operator: wanted ? "match" : "doesNotMatch" });
	error.generatedMessage = message === undefined;
	throw error;
}

const NONE = Symbol("nothing was thrown");

function thrownBy(run) {
	if (typeof run !== "function")
		throw argType("fn", "of type function", run);
	try {
		run();
	} catch (error) {
		return error;
	}
	return NONE;
}

async function rejectedBy(run) {
	const promise = typeof run === "function" ? run() : run;
	if (promise === null || typeof promise !== "object" || typeof promise.then !== "function")
		throw typeof run === "function" ? coded(TypeError, "ERR_INVALID_RETURN_VALUE",
			`Expected instance of Promise to be returned from the "promiseFn" function but got ${promise === null || promise === undefined ? promise : `type ${typeof promise}`}.`)
			: argType("promiseFn", "of type function or an instance of Promise", run);
	try {
		await promise;
	} catch (error) {
		return error;
	}
	return NONE;
}

function expectThrow(thrown, [expected, message], operator) {
	if (typeof expected === "string") {
		message = expected;
		expected = undefined;
	}
	if (thrown === NONE) {
		const name = expected && expected.name ? ` (${expected.name})` : "";
		throw new AssertionError({ operator, expected,
			message: `Missing expected ${operator === "rejects" ? "rejection" : "exception"}${name}${message ? `: ${message}` : "."}` });
	}
	if (expected === undefined)
		return;
	const wrong = (said) => {
		const error = new AssertionError({ actual: thrown, expected, operator, message: message ?? said });
		error.generatedMessage = message === undefined;
		throw error;
	};
	if (expected instanceof RegExp) {
		if (!expected.test(String(thrown)))
			wrong(`The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(thrown))}\n`);
	} else if (typeof expected === "function") {
		if (expected.prototype !== undefined && thrown instanceof expected)
			return;
		if (Object.prototype.isPrototypeOf.call(Error, expected) || expected === Error)
			wrong(`The error is expected to be an instance of "${expected.name}". Received "${thrown && thrown.constructor ? thrown.constructor.name : thrown}"` +
				`${isError(thrown) ? `\n\nError message:\n\n${thrown.message}` : ""}`);
		const result = expected.call({}, thrown);
		if (result !== true)
			wrong(`The ${expected.name ? `"${expected.name}"` : ""} validation function is expected to return "true". Received ${inspect(result)}` +
				`${isError(thrown) ? `\n\nCaught error:\n\n${thrown}` : ""}`);
	} else {
		const keys = Object.keys(expected);
		if (isError(expected))
			keys.push("name", "message");
		for (const key of keys) {
			const want = expected[key], got = thrown[key];
			if (!(want instanceof RegExp && typeof got === "string" && want.test(got)) && !deepEqual.strict(got, want))
				wrong(describe("deepStrictEqual", pick(thrown, keys), pick(expected, keys)));
		}
	}
}

const pick = (object, keys) => Object.fromEntries(keys.map((key) => [key, object[key]]));

function expectNone(thrown, [expected, message], operator) {
	if (thrown === NONE)
		return;
	if (typeof expected === "string") {
		message = expected;
		expected = undefined;
	}
	if (typeof expected === "function" && !(thrown instanceof expected))
		throw thrown;
	throw new AssertionError({ actual: thrown, expected, operator,
		message: `Got unwanted ${operator === "doesNotReject" ? "rejection" : "exception"}${message ? `: ${message}` : "."}\nActual message: "${thrown && thrown.message}"` });
}

assert.strict = Object.assign((...args) => check(args, "=="), assert, { equal: assert.strictEqual, deepEqual: assert.deepStrictEqual,
	notEqual: assert.notStrictEqual, notDeepEqual: assert.notDeepStrictEqual });
assert.strict.strict = assert.strict;

module.exports = assert;
