// assert: the checks, with Node's errors; their messages show both values.
"use strict";

const { inspect } = require("inspect");
const { argType, argValue, coded, markCoded, isError } = require("errors");
const deepEqual = require("deep_equal");
const types = require("util/types");

const HEADS = {
	strictEqual: "Expected values to be strictly equal:", deepStrictEqual: "Expected values to be strictly deep-equal:",
	deepEqual: "Expected values to be loosely deep-equal:",
	notStrictEqual: 'Expected "actual" to be strictly unequal to:',
	notDeepStrictEqual: 'Expected "actual" not to be strictly deep-equal to:',
	notDeepEqual: 'Expected "actual" not to be loosely deep-equal to:',
	strictEqualObject: 'Expected "actual" to be reference-equal to "expected":',
	notStrictEqualObject: 'Expected "actual" not to be reference-equal to "expected":',
};
const SHORT = 12; // characters of two values that stand in one line
const LINE = 80;

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

const cut = (text, most) => text.length > most ? `${text.slice(0, most - 3)}...` : text;

function describeUnequal(operator, actual, text) {
	const head = HEADS[operator === "notStrictEqual" && !simple(actual) ? "notStrictEqualObject" : operator];
	if (!text.includes("\n"))
		return `${head}${text.length > 5 ? "\n\n" : " "}${text}`;
	const lines = text.split("\n");
	if (lines.length > 50)
		lines.splice(46, lines.length, "...");
	return `${head}\n\n${lines.join("\n")}\n`;
}

// Where two texts of one line begin to differ, below them.
function marker(a, b) {
	let same = 0;
	while (same < a.length && a[same] === b[same])
		same++;
	return same > 2 ? `\n  ${" ".repeat(same)}^` : "";
}

function describe(operator, actual, expected) {
	const a = shown(actual), b = shown(expected);
	if (operator === "notDeepStrictEqual" || operator === "notStrictEqual")
		return describeUnequal(operator, actual, a);
	if (operator === "notDeepEqual" && a === b)
		return cut(`${HEADS[operator]}\n\n${a}`, 1024);
	if (operator === "notDeepEqual")
		return `Expected values not to be loosely deep-equal:\n\n${cut(a, 512)}\n\nshould not loosely deep-equal\n\n${cut(b, 512)}`;
	if (operator === "deepEqual")
		return `${HEADS[operator]}\n\n${cut(a, 512)}\n\nshould loosely deep-equal\n\n${cut(b, 512)}`;
	if (operator !== "strictEqual" && operator !== "deepStrictEqual")
		return `${cut(a, 512)} ${operator} ${cut(b, 512)}`;
	if (a === b)
		return `Values have same structure but are not reference-equal:\n\n${a}\n`;
	const head = HEADS[operator === "strictEqual" && !simple(actual) && !simple(expected) &&
		typeof actual === typeof expected ? "strictEqualObject" : operator];
	let below = "";
	if (!a.includes("\n") && !b.includes("\n")) {
		const length = a.length + b.length;
		if (length <= SHORT) {
			if (simple(actual) && simple(expected) && (actual !== 0 || expected !== 0))
				return `${head}\n\n${a} !== ${b}\n`;
		} else if (length < LINE && head !== HEADS.strictEqualObject) {
			below = marker(a, b);
		}
	}
	return `${head}\n+ actual - expected\n\n${difference(a, b)}${below}`;
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
		markCoded(this);
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

function ok(...args) {
	check(args, "==");
}
const assert = ok;

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

function failNow(message = "Failed") {
	if (isError(message))
		throw message;
	const error = new AssertionError({ message, operator: "fail" });
	error.generatedMessage = arguments.length === 0;
	throw error;
}

function unexpected(value) {
	if (value === null || typeof value !== "object" || typeof value.message !== "string")
		return inspect(value);
	return value.message === "" && value.constructor ? value.constructor.name : value.message;
}

Object.assign(assert, {
	fail: failNow,
	AssertionError,
	ok,
	// eslint-disable-next-line eqeqeq
	equal: compare("==", (a, b) => a == b || (a !== a && b !== b)),
	// eslint-disable-next-line eqeqeq
	notEqual: compare("!=", (a, b) => !(a == b || (a !== a && b !== b))),
	deepEqual: compare("deepEqual", deepEqual.loose),
	notDeepEqual: compare("notDeepEqual", (a, b) => !deepEqual.loose(a, b)),
	deepStrictEqual: compare("deepStrictEqual", deepEqual.strict),
	notDeepStrictEqual: compare("notDeepStrictEqual", (a, b) => !deepEqual.strict(a, b)),
	strictEqual: compare("strictEqual", Object.is),
	notStrictEqual: compare("notStrictEqual", (a, b) => !Object.is(a, b)),
	throws(run, ...rest) {
		expectThrow(thrownBy(run), rest, "throws");
	},
	async rejects(run, ...rest) {
		expectThrow(await rejectedBy(run), rest, "rejects");
	},
	doesNotThrow(run, ...rest) {
		expectNone(thrownBy(run), rest, "doesNotThrow");
	},
	async doesNotReject(run, ...rest) {
		expectNone(await rejectedBy(run), rest, "doesNotReject");
	},
	ifError(value) {
		if (value === null || value === undefined)
			return;
		throw new AssertionError({ actual: value, expected: null, operator: "ifError",
			message: `ifError got unwanted exception: ${unexpected(value)}` });
	},
	match(text, pattern, message) {
		matching(text, pattern, message, true);
	},
	doesNotMatch(text, pattern, message) {
		matching(text, pattern, message, false);
	},
});
Object.defineProperty(assert.fail, "name", { value: "fail" });

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

function returned(value) {
	if (value === null || value === undefined)
		return `${value}`;
	if (typeof value === "object" && value.constructor && value.constructor.name)
		return `an instance of ${value.constructor.name}`;
	return `type ${typeof value} (${inspect(value)})`;
}

async function rejectedBy(run) {
	const promise = typeof run === "function" ? run() : run;
	if (promise === null || typeof promise !== "object" || typeof promise.then !== "function" ||
		typeof promise.catch !== "function")
		throw typeof run === "function" ? coded(TypeError, "ERR_INVALID_RETURN_VALUE",
			`Expected instance of Promise to be returned from the "promiseFn" function but got ${returned(promise)}.`)
			: argType("promiseFn", "of type function or an instance of Promise", run);
	try {
		await promise;
	} catch (error) {
		return error;
	}
	return NONE;
}

const EXPECTED = "of type function or an instance of Error, RegExp, or Object";

// [what is expected, the message]: where there is one argument it may be either.
function readExpected(thrown, given) {
	let [expected, message] = given;
	if (typeof expected === "string") {
		if (given.length > 1)
			throw argType("error", EXPECTED, expected);
		const said = thrown !== null && typeof thrown === "object" ? thrown.message : thrown;
		if (said === expected)
			throw coded(TypeError, "ERR_AMBIGUOUS_ARGUMENT", `The "error/message" argument is ambiguous. The error` +
				`${said === thrown ? "" : " message"} "${said}" is identical to the message.`);
		message = expected;
		expected = undefined;
	} else if (expected !== null && expected !== undefined && typeof expected !== "object" &&
		typeof expected !== "function") {
		throw argType("error", EXPECTED, expected);
	}
	return [expected, message];
}

function expectThrow(thrown, given, operator) {
	const [expected, message] = readExpected(thrown, given);
	if (thrown === NONE) {
		const name = expected && expected.name ? ` (${expected.name})` : "";
		throw new AssertionError({ operator, expected,
			message: `Missing expected ${operator === "rejects" ? "rejection" : "exception"}${name}${message ? `: ${message}` : "."}` });
	}
	if (expected === undefined || expected === null)
		return;
	const wrong = (said) => {
		const error = new AssertionError({ actual: thrown, expected, operator, message: message ?? said });
		error.generatedMessage = message === undefined;
		throw error;
	};
	if (types.isRegExp(expected))
		expectText(thrown, expected, wrong);
	else if (typeof expected === "function")
		expectKind(thrown, expected, wrong);
	else
		expectProperties(thrown, expected, operator, wrong);
}

function expectText(thrown, expected, wrong) {
	if (!expected.test(String(thrown)))
		wrong(`The input did not match the regular expression ${inspect(expected)}. Input:\n\n${inspect(String(thrown))}\n`);
}

// A class that it is of, or a function that says whether it is right.
function expectKind(thrown, expected, wrong) {
	if (expected.prototype !== undefined && thrown instanceof expected)
		return;
	if (Object.prototype.isPrototypeOf.call(Error, expected) || expected === Error)
		wrong(`The error is expected to be an instance of "${expected.name}". Received ` +
			(isError(thrown) ? `"${thrown.name}"\n\nError message:\n\n${thrown.message}` : `"${inspect(thrown, { depth: -1 })}"`));
	const result = expected.call({}, thrown);
	if (result !== true)
		wrong(`The ${expected.name ? `"${expected.name}" ` : ""}validation function is expected to return "true". Received ` +
			`${inspect(result)}${isError(thrown) ? `\n\nCaught error:\n\n${thrown}` : ""}`);
}

function expectProperties(thrown, expected, operator, wrong) {
	if (thrown === null || typeof thrown !== "object")
		wrong(describe("deepStrictEqual", thrown, expected));
	const keys = Object.keys(expected);
	if (isError(expected))
		keys.push("name", "message");
	else if (keys.length === 0)
		throw argValue("error", expected, "may not be an empty object");
	for (const key of keys) {
		const want = expected[key], got = thrown[key];
		if (!(types.isRegExp(want) && typeof got === "string" && want.test(got)) && !(key in thrown && deepEqual.strict(got, want)))
			wrong(describe("deepStrictEqual", pick(thrown, keys), pick(expected, keys)));
	}
}

class Comparison {} // what is shown of an error and of the object that it should be like

const pick = (object, keys) => Object.assign(new Comparison(),
	Object.fromEntries(keys.filter((key) => key in object).map((key) => [key, object[key]])));

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
