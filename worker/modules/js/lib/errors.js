// Errors with Node's codes and words, and stacks in the form that Node's have.
"use strict";

const { frame, frames, shown, placeOf: placeOfFrame, isEngines } = require("errors/frames");
const { title, markCoded, mend, isRemembered, textOf } = require("errors/trace");

function coded(Base, code, message) {
	const error = new Base(message);
	Object.defineProperty(error, "code",
		{ configurable: true, enumerable: true, writable: true, value: code });
	return markCoded(error);
}

// "an instance of Foo", "type string ('x')": how Node says what it was given.
function received(value) {
	if (value === null || value === undefined)
		return ` Received ${value}`;
	if (typeof value === "function")
		return ` Received function ${value.name}`;
	if (typeof value === "object") {
		if (value.constructor && value.constructor.name)
			return ` Received an instance of ${value.constructor.name}`;
		return ` Received ${require("inspect").inspect(value, { depth: -1 })}`;
	}
	let text = require("inspect").inspect(value, { colors: false });
	if (text.length > 28)
		text = text.slice(0, 25) + "...";
	return ` Received type ${typeof value} (${text})`;
}

function argType(name, expected, value) {
	const what = /^(first|second|third|last) argument$/.test(name) ? `The ${name}`
		: name.includes(".") ? `The "${name}" property` : `The "${name}" argument`;
	return coded(TypeError, "ERR_INVALID_ARG_TYPE", `${what} must be ${expected}.${received(value)}`);
}

function argValue(name, value, reason = "is invalid") {
	const what = name.includes(".") ? "property" : "argument";
	return coded(TypeError, "ERR_INVALID_ARG_VALUE",
		`The ${what} '${name}' ${reason}. Received ${require("inspect").inspect(value)}`);
}

// What may be given as `signal`: nothing, or what has a signal's properties.
function checkSignal(signal, name) {
	if (signal !== undefined && (signal === null || typeof signal !== "object" || !("aborted" in signal)))
		throw argType(name, "an instance of AbortSignal", signal);
}

function grouped(number) {
	const text = String(number);
	if (typeof number === "bigint" || (Number.isInteger(number) && Math.abs(number) > 2 ** 32))
		return text.replace(/\B(?=(\d{3})+$)/g, "_") + (typeof number === "bigint" ? "n" : "");
	return text;
}

function outOfRange(name, range, value) {
	const got = typeof value === "number" || typeof value === "bigint" ? grouped(value)
		: require("inspect").inspect(value);
	return coded(RangeError, "ERR_OUT_OF_RANGE",
		`The value of "${name}" is out of range. It must be ${range}. Received ${got}`);
}

// error.stack as Node's engine would have it; one that a script has set stays as it is.
function stackOf(error) {
	const own = mend(error).stack;
	if (!own)
		return title(error);
	if (typeof own !== "string")
		return String(own);
	if (isRemembered(error) || own.startsWith(title(error)) || !isEngines(own))
		return own;
	return [title(error), ...frames(own, false).slice(0, 10).map((one) => `    at ${shown(one)}`)].join("\n");
}

function isError(value) {
	return value instanceof Error || Object.prototype.toString.call(value) === "[object Error]";
}

// What can be thrown may itself throw when it is looked at: a Proxy, a getter. Who tells of it goes on all the same.
const UNTOLD = "(a thrown value that cannot be shown: to look at it throws again)";
function orUntold(tell) {
	try {
		return tell();
	} catch {
		return UNTOLD;
	}
}

// What the log says of a thrown value.
function report(value) {
	return orUntold(() => require("inspect").inspect(value));
}

// The lines of an error's stack that are places in files of the script's.
function ownLines(error) {
	return (textOf(error) ?? "").split("\n").filter((line) =>
		/:\d+:\d+$/.test(line) && !/@?node:[a-z_/]+:\d+:\d+$/.test(line));
}

// Errors that come later than what they are about, by the place of that.
const places = new WeakMap();

// `place` may be undefined: then the stack says it, as ever.
function placeAt(error, place) {
	if (place !== undefined)
		places.set(error, place);
	return error;
}

const isPlaced = (error) => typeof error === "object" && error !== null && places.has(error);

// The place in the script from which the libraries have been called; undefined: from nowhere there.
const here = () => placeOf(new Error());

// Where an error of the script's comes from, "file:line:column"; undefined: its stack does not say.
function placeOf(error) {
	const known = places.get(error);
	if (known !== undefined)
		return known;
	if (error instanceof SyntaxError && error.sourceURL !== undefined && error.line > 0 &&
			!error.sourceURL.startsWith("node:"))
		return `${error.sourceURL}:${error.line}:${error.column || 1}`;
	const [first] = ownLines(error);
	return first === undefined ? undefined : placeOfFrame(frame(first));
}

// Who calls a function of the libraries, as a frame of a stack has it.
function caller() {
	const [first] = ownLines(new Error());
	return first === undefined ? "a function of eddy's" : shown(frame(first));
}

// What a refused load says, in one line: "file:line:column: message". `file` is where it was thrown, for what is no
// Error and so does not know the line.
function describe(error, file) {
	return orUntold(() => {
		if (!isError(error))
			return `${file === undefined ? "" : `${file}: `}the script threw ${require("inspect").inspect(error)}` +
				", which is no Error and so has no line";
		const where = placeOf(error);
		return (where === undefined ? title(error) : `${where}: ${title(error)}`).replace(/\n(- )?/g, " ");
	});
}

// The way to the place that `describe` names, for the log, when there is more than that to say of it.
function logFrames(error) {
	const lines = orUntold(() => {
		const own = isError(error) ? ownLines(error) : [];
		const lines = own.slice(0, 10).map((line) => `    at ${shown(frame(line))}`);
		return own.length > 1 ? [title(error), ...lines].join("\n") : undefined;
	});
	if (lines !== undefined && lines !== UNTOLD)
		native.log(3, lines);
}

module.exports = { coded, argType, argValue, outOfRange, received, stackOf, isError, report, describe,
	title, logFrames, checkSignal, caller, mend, markCoded, placeAt, isPlaced, here };
