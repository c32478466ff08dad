// The constructors of errors, in place of the engine's: what they make are the engine's errors, of the engine's
// prototypes, but with a `stack` as Node's engine has it. boot.js loads this first.
"use strict";

const { remember, mend, isObject } = require("errors/trace");

const NAMES = ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError",
	"AggregateError"];
const ROOM = 12; // frames of eddy's libraries, which are not shown
const LIMIT = 10;

const Engine = globalThis.Error;
const engineCapture = Engine.captureStackTrace;
let limit = LIMIT; // as the script has set it last

// Not by an assignment: once the engine has compiled that, it does not notice any more.
function setEngineLimit(n) {
	Reflect.set(Engine, "stackTraceLimit", n);
}

function setLimit() {
	setEngineLimit(typeof limit === "number" && limit > 0 ? limit + ROOM : 0);
}

// The stack below the last call of `above`, as text; undefined: the script wants none.
function capture(above) {
	if (made.Error.stackTraceLimit !== limit) {
		limit = made.Error.stackTraceLimit;
		setLimit();
	}
	if (typeof limit !== "number")
		return undefined;
	if (!(limit > 0))
		return "";
	const holder = {};
	engineCapture(holder, above);
	return holder.stack ?? "";
}

// The engine's own look at the stack is in vain: it would begin above.
function construct(Original, given, target) {
	let error;
	setEngineLimit(0);
	try {
		error = Reflect.construct(Original, given, target);
	} finally {
		setLimit();
	}
	remember(error, capture(target), true, limit);
	return error;
}

function replace(name) {
	const Original = globalThis[name], define = Object.defineProperty;
	const replaced = { [name]: function () {
		const error = construct(Original, arguments, new.target ?? replaced);
		return error; // no tail call: those leave no frame to find
	} }[name];
	define(replaced, "length", { configurable: true, value: Original.length });
	define(replaced, "prototype", { writable: false, value: Original.prototype });
	define(Original.prototype, "constructor", { configurable: true, writable: true, value: replaced });
	define(globalThis, name, { configurable: true, writable: true, value: replaced });
	return replaced;
}

const made = Object.fromEntries(NAMES.map((name) => [name, replace(name)]));

function captureStackTrace(object, above) {
	if (!isObject(object))
		throw new TypeError("Invalid argument: Error.captureStackTrace needs an object to give a stack to");
	if (!Object.isExtensible(object))
		throw new TypeError("Cannot define property stack, object is not extensible");
	remember(object, capture(typeof above === "function" ? above : captureStackTrace), true, limit);
}

for (const name of NAMES.slice(1))
	Object.setPrototypeOf(made[name], made.Error);
Object.defineProperty(made.Error, "captureStackTrace",
	{ configurable: true, writable: true, value: captureStackTrace });
made.Error.stackTraceLimit = LIMIT;
setLimit();

// The most frequent of the errors that the engine throws and scripts log.
const { parse } = JSON;
Object.defineProperty(JSON, "parse", { configurable: true, writable: true, value: { parse(text, reviver) {
	try {
		return parse(text, reviver);
	} catch (error) {
		throw mend(error);
	}
} }.parse });
