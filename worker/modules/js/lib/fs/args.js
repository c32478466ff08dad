// What the functions of fs are given: checked, and in the form that calls take.
"use strict";

const { argType, argValue, outOfRange } = require("errors");
const { constants } = require("fs/stats");

const UINT32 = 2 ** 32 - 1, INT32 = 2 ** 31 - 1;
const { O_APPEND, O_CREAT, O_EXCL, O_RDONLY, O_RDWR, O_SYNC, O_TRUNC, O_WRONLY } = constants;
const FLAGS = {
	r: O_RDONLY, rs: O_RDONLY | O_SYNC, sr: O_RDONLY | O_SYNC, "r+": O_RDWR,
	"rs+": O_RDWR | O_SYNC, "sr+": O_RDWR | O_SYNC,
	w: O_TRUNC | O_CREAT | O_WRONLY, wx: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL,
	xw: O_TRUNC | O_CREAT | O_WRONLY | O_EXCL, "w+": O_TRUNC | O_CREAT | O_RDWR,
	"wx+": O_TRUNC | O_CREAT | O_RDWR | O_EXCL, "xw+": O_TRUNC | O_CREAT | O_RDWR | O_EXCL,
	a: O_APPEND | O_CREAT | O_WRONLY, ax: O_APPEND | O_CREAT | O_WRONLY | O_EXCL,
	xa: O_APPEND | O_CREAT | O_WRONLY | O_EXCL, as: O_APPEND | O_CREAT | O_WRONLY | O_SYNC,
	sa: O_APPEND | O_CREAT | O_WRONLY | O_SYNC, "a+": O_APPEND | O_CREAT | O_RDWR,
	"ax+": O_APPEND | O_CREAT | O_RDWR | O_EXCL, "xa+": O_APPEND | O_CREAT | O_RDWR | O_EXCL,
	"as+": O_APPEND | O_CREAT | O_RDWR | O_SYNC, "sa+": O_APPEND | O_CREAT | O_RDWR | O_SYNC,
};

function isUrl(value) {
	return value !== null && typeof value === "object" && typeof value.href === "string" && value.protocol !== undefined;
}

// A path: a string, bytes or a URL of the scheme file.
function path(value, name = "path") {
	if (isUrl(value))
		value = require("url").fileURLToPath(value);
	if (typeof value !== "string" && !(value instanceof Uint8Array))
		throw argType(name, "of type string or an instance of Buffer or URL", value);
	if (typeof value === "string" ? value.includes("\0") : value.includes(0))
		throw argValue(name, value, "must be a string, Uint8Array, or URL without null bytes");
	return value;
}

function integer(value, name, low, high, type = "of type number") {
	if (typeof value !== "number")
		throw argType(name, type, value);
	if (!Number.isInteger(value))
		throw outOfRange(name, "an integer", value);
	if (value < low || value > high)
		throw outOfRange(name, `>= ${low} && <= ${high}`, value);
	return value;
}

function descriptor(value) {
	return integer(value, "fd", 0, INT32);
}

function mode(value, name, fallback) {
	value ??= fallback;
	if (typeof value === "string") {
		if (!/^[0-7]+$/.test(value))
			throw argValue(name, value, "must be a 32-bit unsigned integer or an octal string");
		value = parseInt(value, 8);
	}
	return integer(value, name, 0, UINT32);
}

function flags(value, name = "flags") {
	if (typeof value === "number")
		return integer(value, name, -INT32 - 1, INT32);
	if (value === null || value === undefined)
		return O_RDONLY;
	if (typeof value !== "string" || !Object.hasOwn(FLAGS, value))
		throw argValue(name, value);
	return FLAGS[value];
}

function encoding(value) {
	if (value && value !== "buffer" && !Buffer.isEncoding(value))
		throw argValue("encoding", value, "is invalid encoding");
	return value;
}

function signal(value, name = "options.signal") {
	if (value !== undefined && (value === null || typeof value !== "object" || !("aborted" in value)))
		throw argType(name, "an instance of AbortSignal", value);
	return value;
}

// Options that may be an encoding alone.
function options(value, fallback = {}) {
	if (value === undefined || value === null || typeof value === "function")
		return fallback;
	if (typeof value === "string")
		value = { encoding: value };
	else if (typeof value !== "object")
		throw argType("options", "one of type string or object", value);
	encoding(value.encoding);
	signal(value.signal);
	return { ...fallback, ...value };
}

function object(value, name = "options") {
	if (value === null || typeof value !== "object")
		throw argType(name, "of type object", value);
	return value;
}

function boolean(value, name) {
	if (typeof value !== "boolean")
		throw argType(name, "of type boolean", value);
	return value;
}

// Seconds since 1970, of a number of them, their digits or a Date.
function time(value, name = "time") {
	if (typeof value === "string" && !Number.isNaN(Number(value)))
		return Number(value);
	if (Number.isFinite(value))
		return value < 0 ? Date.now() / 1000 : value;
	if (value instanceof Date)
		return value.getTime() / 1000;
	throw argType(name, "an instance of Date or an Time in seconds", value);
}

function owner(value, name) {
	return integer(value, name, -1, UINT32);
}

// A view of what bytes there are: a Buffer, any typed array, a DataView.
function bytes(value, name = "buffer", type = "an instance of Buffer, TypedArray, or DataView") {
	if (!ArrayBuffer.isView(value))
		throw argType(name, type, value);
	return value instanceof Uint8Array ? value : new Uint8Array(value.buffer, value.byteOffset, value.byteLength);
}

// Text or bytes, which are to be written.
function data(value, coding, name = "data") {
	if (typeof value === "string")
		return Buffer.from(value, coding || "utf8");
	return bytes(value, name, "of type string or an instance of Buffer, TypedArray, or DataView");
}

function list(value) {
	if (!Array.isArray(value) || !value.every(ArrayBuffer.isView))
		throw argType("buffers", "an ArrayBufferView[]", value);
	return value.map((one) => bytes(one));
}

// Where in a file; -1: at its own place.
function position(value, name = "position") {
	if (value === undefined || value === null)
		return -1;
	if (typeof value === "bigint")
		value = Number(value);
	if (typeof value !== "number")
		throw argType(name, "of type bigint or integer", value);
	return integer(value, name, -1, Number.MAX_SAFE_INTEGER);
}

module.exports = { path, integer, descriptor, mode, flags, encoding, signal, options, object, boolean, time, owner, bytes,
	data, list, position };
