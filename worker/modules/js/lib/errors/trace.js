// What an error remembers of the stack that it was made with, and `stack`, which is made of that when somebody first
// asks for it: its first line says what the error's name and message are by then, as in Node.
"use strict";

const { frames, shown, isEngines } = require("errors/frames");
const { CallSite } = require("errors/call_site");
const { hintOf } = require("errors/absent");

const toString = Error.prototype.toString;

// "TypeError [ERR_X]: message": the first line.
function title(error) {
	const text = toString.call(error) + hintOf(error);
	if (!Trace.isCoded(error))
		return text;
	const name = String(error.name);
	return text.startsWith(name) ? `${name} [${error.code}]${text.slice(name.length)}` : text;
}

// A constructor that returns what it is given puts the private fields of the class below into it: an error then
// carries them where no script sees them.
function Given(object) {
	return object;
}

class Trace extends Given {
	#text; // the engine's; undefined: none was wanted
	#made; // see frames()
	#most; // frames
	#stack = undefined;
	#formed = false;
	#coded = false; // its first line says its code

	constructor(object, text, made, most) {
		super(object);
		this.#text = text;
		this.#made = made;
		this.#most = most;
	}

	static put(object, text, made, most) {
		if (!(#text in object)) {
			new Trace(object, text, made, most);
			return;
		}
		object.#text = text;
		object.#made = made;
		object.#most = most;
		object.#stack = undefined;
		object.#formed = false;
	}

	static text(object) {
		return #text in object ? object.#text : undefined;
	}

	static has(object) {
		return #text in object;
	}

	static markCoded(error) {
		error.#coded = true;
		return error;
	}

	static isCoded(object) {
		return #text in object && object.#coded;
	}

	// An object that inherits from an error has the error's.
	static stack(object) {
		for (let at = object; at !== null; at = Object.getPrototypeOf(at))
			if (#text in at)
				return Trace.#form(at);
		return undefined;
	}

	static #form(error) {
		if (error.#formed || error.#text === undefined)
			return error.#stack;
		error.#formed = true; // who prepares it may look at it
		try {
			error.#stack = formed(error, frames(error.#text, error.#made).slice(0, error.#most));
		} catch (failure) {
			error.#formed = false;
			throw failure;
		}
		return error.#stack;
	}
}

function formed(error, list) {
	const { prepareStackTrace } = globalThis.Error;
	if (typeof prepareStackTrace === "function")
		return prepareStackTrace.call(globalThis.Error, error, list.map((one) => new CallSite(one)));
	return [title(error), ...list.map((one) => `    at ${shown(one)}`)].join("\n");
}

const isObject = (value) => value !== null && (typeof value === "object" || typeof value === "function");
const STACK = {
	configurable: true,
	enumerable: false,
	get: { stack() {
		return isObject(this) ? Trace.stack(this) : undefined;
	} }.stack,
	set: { stack(value) {
		if (isObject(this))
			Reflect.defineProperty(this, "stack",
				{ configurable: true, enumerable: !Object.hasOwn(this, "stack"), writable: true, value });
	} }.stack,
};

// Gives an object its `stack`, of a text of the engine's.
function remember(object, text, made, most) {
	Trace.put(object, text, made, most);
	Object.defineProperty(object, "stack", STACK);
}

function isEnginesStack(own, error) {
	return own !== undefined && own.configurable && typeof own.value === "string" && isEngines(own.value) &&
		!own.value.startsWith(title(error));
}

// An error that the engine has thrown has the engine's stack, until it comes by here. What can be thrown may throw
// when it is looked at: that is left as it is.
function mend(error) {
	try {
		if (isObject(error) && !Trace.has(error) &&
				isEnginesStack(Object.getOwnPropertyDescriptor(error, "stack"), error))
			remember(error, error.stack, false, globalThis.Error.stackTraceLimit);
	} catch {
		return error;
	}
	return error;
}

// The engine's text; undefined: it is an error of the script's making.
function textOf(error) {
	if (Trace.has(error))
		return Trace.text(error);
	return typeof error.stack === "string" && isEngines(error.stack) ? error.stack : undefined;
}

module.exports = { title, remember, mend, textOf, isObject, markCoded: Trace.markCoded,
	isRemembered: (value) => isObject(value) && Trace.has(value) };
