// Errors with Node's codes and words, and stacks in the form that Node's have.
"use strict";

// The engine counts the columns of a first line from the function's head, which loader.c puts there.
const HEADS = {
	file: "(function (exports, require, module, __filename, __dirname) {".length,
	library: "(function (exports, require, module, native) {".length,
};

function coded(Base, code, message) {
	const error = new Base(message);
	Object.defineProperty(error, "code",
		{ configurable: true, enumerable: true, writable: true, value: code });
	Object.defineProperty(error, codedMark, { value: true });
	return error;
}
const codedMark = Symbol("node's error");

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

// One line of the engine's stack, "name@file:line:column".
function frame(line) {
	const at = line.indexOf("@");
	let name = at >= 0 ? line.slice(0, at) : "";
	const place = at >= 0 ? line.slice(at + 1) : line;
	const found = /^(.*):(\d+):(\d+)$/.exec(place);
	if (name === "global code" || name === "module code" || name === "eval code")
		name = "";
	if (!found)
		return `    at ${name || "<anonymous>"} (${place === "[native code]" ? "native" : place})`;
	let column = Number(found[3]);
	if (found[2] === "1")
		column -= found[1].startsWith("node:") ? HEADS.library : HEADS.file;
	const where = `${found[1]}:${found[2]}:${Math.max(column, 1)}`;
	return name === "" ? `    at ${where}` : `    at ${name} (${where})`;
}

function frames(stack) {
	const lines = stack.split("\n");
	while (lines.length > 0 && /@node:(boot|module|timers):|@node:http\/server:.*|^@?$/.test(lines[lines.length - 1]))
		lines.pop();
	return lines.filter((line) => !/^[^@]*@$|^$/.test(line)).slice(0, 10).map(frame);
}

// Names that are global in Node, and what to use in place of them.
const ABSENT = { __proto__: null };
for (const [names, instead] of [
	["fetch Headers Request Response FormData WebSocket EventSource", "requests are made with http.request"],
	["ReadableStream WritableStream TransformStream TextDecoderStream TextEncoderStream CompressionStream DecompressionStream",
		"streams are those of require('stream')"],
	["crypto Crypto SubtleCrypto CryptoKey", ""],
	["MessageChannel MessagePort BroadcastChannel", "messages between workers are sent with require('eddy')"],
])
	for (const name of names.split(" "))
		ABSENT[name] = instead;

// The engine's words for a name that nobody has declared, and what to do, if it is one of Node's.
function hintOf(error) {
	const found = error instanceof ReferenceError ? /^Can't find variable: (\w+)$/.exec(error.message) : null;
	const instead = found !== null ? ABSENT[found[1]] : undefined;
	return instead === undefined ? "" : ` (${found[1]} is one of Node's that eddy does not offer${instead && `: ${instead}`})`;
}

// "TypeError [ERR_X]: message": the first line.
function title(error) {
	let name = String(error.name);
	if (error[codedMark])
		name += ` [${error.code}]`;
	const message = String(error.message) + hintOf(error);
	return message === "" ? name : `${name}: ${message}`;
}

// error.stack as Node's engine would have it; one that a script has set stays as it is.
function stackOf(error) {
	const own = error.stack;
	if (!own)
		return title(error);
	if (typeof own !== "string")
		return String(own);
	if (/\n {4}at /.test(own) || own.startsWith(title(error)))
		return own;
	if (!/^([^\n]*@[^\n]*|[^\n]*:\d+:\d+)(\n|$)/.test(own))
		return own;
	return [title(error), ...frames(own)].join("\n");
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
	return typeof error.stack !== "string" ? [] : error.stack.split("\n").filter((line) =>
		/:\d+:\d+$/.test(line) && !/@?node:[a-z_/]+:\d+:\d+$/.test(line));
}

// Where an error of the script's comes from, "file:line:column"; undefined: its stack does not say.
function placeOf(error) {
	if (error instanceof SyntaxError && error.sourceURL !== undefined && error.line > 0 &&
			!error.sourceURL.startsWith("node:"))
		return `${error.sourceURL}:${error.line}:${error.column || 1}`;
	const [first] = ownLines(error);
	return first === undefined ? undefined : /^ {4}at (?:.* \()?(.*?)\)?$/.exec(frame(first))[1];
}

// What a refused load says, in one line: "file:line:column: message".
function describe(error) {
	return orUntold(() => {
		if (!isError(error))
			return `the script threw ${require("inspect").inspect(error)}`;
		const where = placeOf(error);
		return (where === undefined ? title(error) : `${where}: ${title(error)}`).replace(/\n(- )?/g, " ");
	});
}

// The way to the place that `describe` names, for the log, when there is more than that to say of it.
function logFrames(error) {
	const lines = orUntold(() => {
		const own = isError(error) ? ownLines(error) : [];
		return own.length > 1 ? [title(error), ...own.slice(0, 10).map(frame)].join("\n") : undefined;
	});
	if (lines !== undefined && lines !== UNTOLD)
		native.log(3, lines);
}

module.exports = { coded, argType, argValue, outOfRange, received, stackOf, isError, report, describe,
	title, logFrames, checkSignal };
