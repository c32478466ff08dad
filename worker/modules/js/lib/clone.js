// structuredClone: copies of values with all that hangs on them, and with their circles.
"use strict";

const types = require("util/types");
const { argType, coded } = require("errors");

const ERRORS = { Error, EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError };

function refuse(value) {
	const { DOMException } = require("abort");
	const text = typeof value === "symbol" ? value.toString() : typeof value === "function" ? `${value}` : "#<" +
		`${value.constructor ? value.constructor.name : "Object"}>`;
	throw new DOMException(`${text} could not be cloned.`, "DataCloneError");
}

function cloneError(error) {
	const named = Object.hasOwn(ERRORS, error.name) ? ERRORS[error.name] : Error;
	const out = new named(`${error.message}`);
	Object.defineProperty(out, "stack", { configurable: true, writable: true, value: error.stack });
	return out;
}

// What is copied whole; undefined: it has parts.
function cloneKind(value) {
	if (types.isBoxedPrimitive(value)) {
		if (types.isSymbolObject(value))
			refuse(value);
		return Object(value.valueOf());
	}
	if (types.isDate(value))
		return new Date(value.getTime());
	if (types.isRegExp(value))
		return new RegExp(value.source, value.flags);
	if (types.isArrayBuffer(value))
		return value.slice(0);
	if (ArrayBuffer.isView(value)) {
		const bytes = value.buffer.slice(value.byteOffset, value.byteOffset + value.byteLength);
		if (types.isDataView(value))
			return new DataView(bytes);
		return new (globalThis[Object.getOwnPropertyDescriptor(Object.getPrototypeOf(Uint8Array.prototype),
			Symbol.toStringTag).get.call(value)])(bytes);
	}
	if (types.isNativeError(value))
		return cloneError(value);
	return undefined;
}

function clone(value, seen) {
	if (typeof value === "symbol" || typeof value === "function")
		refuse(value);
	if (value === null || typeof value !== "object")
		return value;
	if (seen.has(value))
		return seen.get(value);
	if (types.isPromise(value) || types.isWeakMap(value) || types.isWeakSet(value) || value instanceof WeakRef)
		refuse(value);
	const whole = cloneKind(value);
	if (whole !== undefined) {
		seen.set(value, whole);
		return whole;
	}
	return cloneParts(value, seen);
}

function cloneParts(value, seen) {
	const out = types.isMap(value) ? new Map() : types.isSet(value) ? new Set()
		: Array.isArray(value) ? new Array(value.length) : {};
	seen.set(value, out);
	if (types.isMap(value)) {
		for (const [key, item] of [...value])
			out.set(clone(key, seen), clone(item, seen));
		return out;
	}
	if (types.isSet(value)) {
		for (const item of [...value])
			out.add(clone(item, seen));
		return out;
	}
	for (const key of Object.keys(value))
		Object.defineProperty(out, key,
			{ configurable: true, enumerable: true, writable: true, value: clone(value[key], seen) });
	return out;
}

// The buffers that the clone is to have, and the script no longer.
function transferred(list) {
	if (list === undefined || list === null)
		return [];
	if (typeof list !== "object")
		throw coded(TypeError, "ERR_INVALID_ARG_TYPE", "Optional transferList argument must be an iterable");
	const buffers = typeof list[Symbol.iterator] === "function" ? [...list] : [];
	if (!buffers.every((one) => types.isArrayBuffer(one)))
		throw coded(TypeError, "ERR_INVALID_TRANSFER_OBJECT", "Found invalid object in transferList");
	if (new Set(buffers).size !== buffers.length)
		throw new (require("abort").DOMException)("Transfer list contains duplicate ArrayBuffer", "DataCloneError");
	return buffers;
}

function structuredClone(value, options) {
	if (arguments.length === 0)
		throw coded(TypeError, "ERR_MISSING_ARGS", 'The "value" argument must be specified');
	if (options !== undefined && options !== null && typeof options !== "object")
		throw argType("options", "of type object", options);
	const buffers = transferred(options?.transfer);
	const out = clone(value, new Map());
	for (const buffer of buffers)
		buffer.transfer(); // what was there is nobody's any more
	return out;
}

module.exports = { structuredClone };
