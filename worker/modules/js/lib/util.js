// util.
"use strict";

const { lazily } = require("internal");
const { inspect, format, formatWithOptions } = require("inspect");
const { argType, argValue, checkSignal, coded, isError, outOfRange } = require("errors");
const { isStream } = require("stream/finished");
const { TABLE, nameOf } = require("system_errors");
const types = require("util/types");

const custom = Symbol.for("nodejs.util.promisify.custom");

function promisify(original) {
	if (typeof original !== "function")
		throw argType("original", "of type function", original);
	if (original[custom]) {
		const made = original[custom];
		if (typeof made !== "function")
			throw argType("util.promisify.custom", "of type function", made);
		return Object.defineProperty(made, custom, { configurable: true, value: made });
	}
	function made(...args) {
		return new Promise((resolve, reject) =>
			Reflect.apply(original, this, [...args, (error, value) => error ? reject(error) : resolve(value)]));
	}
	Object.setPrototypeOf(made, Object.getPrototypeOf(original));
	Object.defineProperty(made, custom, { configurable: true, value: made });
	return Object.defineProperties(made, Object.getOwnPropertyDescriptors(original));
}
promisify.custom = custom;

function callbackify(original) {
	if (typeof original !== "function")
		throw argType("original", "of type function", original);
	function made(...args) {
		const callback = args.pop();
		if (typeof callback !== "function")
			throw argType("last argument", "of type function", callback);
		Reflect.apply(original, this, args).then((value) => process.nextTick(callback.bind(this), null, value),
			(reason) => {
				if (!reason) {
					const error = coded(Error, "ERR_FALSY_VALUE_REJECTION", "Promise was rejected with falsy value");
					error.reason = reason;
					reason = error;
				}
				process.nextTick(callback.bind(this), reason);
			});
	}
	const own = Object.getOwnPropertyDescriptors(original);
	if (typeof own.length.value === "number")
		own.length.value++;
	if (typeof own.name.value === "string")
		own.name.value += "Callbackified";
	return Object.defineProperties(made, own);
}

function inherits(constructor, parent) {
	if (constructor === undefined || constructor === null)
		throw argType("ctor", "of type function", constructor);
	if (parent === undefined || parent === null)
		throw argType("superCtor", "of type function", parent);
	if (parent.prototype === undefined)
		throw argType("superCtor.prototype", "of type object", parent.prototype);
	Object.defineProperty(constructor, "super_", { configurable: true, writable: true, value: parent });
	Object.setPrototypeOf(constructor.prototype, parent.prototype);
}

const said = new Set();
function deprecate(original, message, code) {
	if (code !== undefined && typeof code !== "string")
		throw argType("code", "of type string", code);
	let warned = false;
	function deprecated(...args) {
		if (!warned) {
			warned = true;
			if (code === undefined || !said.has(code)) {
				said.add(code);
				if (code === undefined)
					process.emitWarning(message, "DeprecationWarning", deprecated);
				else
					process.emitWarning(message, "DeprecationWarning", code, deprecated);
			}
		}
		return new.target ? Reflect.construct(original, args, new.target) : Reflect.apply(original, this, args);
	}
	Object.setPrototypeOf(deprecated, original);
	if (original.prototype)
		deprecated.prototype = original.prototype;
	return deprecated;
}

function debuglog(set, callback) {
	const sections = (process.env.NODE_DEBUG ?? "").toUpperCase().split(",");
	const enabled = sections.some((name) => new RegExp(`^${name.replace(/[.+^${}()|[\]\\]/g, "\\$&").replace(/\*/g, ".*")}$`)
		.test(String(set).toUpperCase()) && name !== "");
	const log = (...args) => {
		if (enabled)
			console.error("%s %d: %s", String(set).toUpperCase(), process.pid, format(...args));
	};
	Object.defineProperty(log, "enabled", { get: () => enabled });
	if (callback)
		callback(log);
	return log;
}

function stripVTControlCharacters(text) {
	if (typeof text !== "string")
		throw argType("str", "of type string", text);
	// eslint-disable-next-line no-control-regex
	return text.replace(/\u001b\]8;[^\u0007\u001b]*(?:\u0007|\u001b\\)/g, "").replace(/[\u001b\u009b][[()#;?]*(?:(?:(?:[^\W_]*;?[^\W_]*)\u0007)|(?:(?:\d{1,4}(?:;\d{0,4})*)?[\dA-PR-TZcf-ntqry=><~]))/g, "");
}

function toUSVString(text) {
	return `${text}`.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
}

function getSystemErrorName(number) {
	if (typeof number !== "number")
		throw argType("err", "of type number", number);
	if (!Number.isSafeInteger(number) || number >= 0)
		throw outOfRange("err", "a negative integer", number);
	return nameOf(number);
}

// By number: the name, and the words.
function getSystemErrorMap() {
	return new Map(TABLE.map(([number, code, words]) => [-number, [code, words]]));
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

// As util.log begins its lines: "26 Feb 10:04:05".
function time() {
	const now = new Date(), two = (n) => String(n).padStart(2, "0");
	return `${now.getDate()} ${MONTHS[now.getMonth()]} ${two(now.getHours())}:${two(now.getMinutes())}:${two(now.getSeconds())}`;
}

// Whether what a stream gets may have colours: who reads a log wants none.
function hasColors(stream) {
	const { FORCE_COLOR, NO_COLOR, NODE_DISABLE_COLORS } = process.env;
	if (FORCE_COLOR !== undefined)
		return FORCE_COLOR !== "0" && FORCE_COLOR !== "false";
	return stream.isTTY === true && !NO_COLOR && NODE_DISABLE_COLORS === undefined;
}

function styleText(format, text, options = {}) {
	if (typeof text !== "string")
		throw argType("text", "of type string", text);
	const { validateStream = true, stream = process.stdout } = options;
	if (typeof validateStream !== "boolean")
		throw argType("options.validateStream", "of type boolean", validateStream);
	if (validateStream && !isStream(stream))
		throw argType("stream", "an instance of ReadableStream, WritableStream, or Stream", stream);
	let before = "", after = "";
	for (const name of Array.isArray(format) ? format : [format]) {
		const codes = typeof name === "string" ? inspect.colors[name] : undefined;
		if (codes === undefined)
			throw argValue("format", name,
				`must be one of: ${Object.keys(inspect.colors).map((key) => `'${key}'`).join(", ")}`);
		before += `\u001b[${codes[0]}m`;
		after = `\u001b[${codes[1]}m${after}`;
	}
	return validateStream && !hasColors(stream) ? text : before + text + after;
}

// Ends with the event "abort"; `resource` is what would be given up.
async function aborted(signal, resource) {
	if (signal === undefined)
		throw argType("signal", "an instance of AbortSignal", signal);
	checkSignal(signal, "signal");
	if (resource === null || (typeof resource !== "object" && typeof resource !== "function"))
		throw argType("resource", "of type object", resource);
	if (signal.aborted)
		return undefined;
	return new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
}

module.exports = { aborted, inspect, format, formatWithOptions, promisify, callbackify, inherits, deprecate, debuglog, debug: debuglog,
	stripVTControlCharacters, styleText, toUSVString, getSystemErrorMap, getSystemErrorName, types,
	_extend: (target, source) => source !== null && typeof source === "object" ? Object.assign(target, source) : target,
	isBuffer: (value) => Buffer.isBuffer(value),
	log: (...args) => console.log("%s - %s", time(), format(...args)),
	isDeepStrictEqual: (a, b) => require("deep_equal").strict(a, b),
	isArray: Array.isArray, isBoolean: (v) => typeof v === "boolean", isNull: (v) => v === null,
	isNullOrUndefined: (v) => v === null || v === undefined, isNumber: (v) => typeof v === "number",
	isString: (v) => typeof v === "string", isSymbol: (v) => typeof v === "symbol", isUndefined: (v) => v === undefined,
	isRegExp: types.isRegExp, isObject: (v) => v !== null && typeof v === "object", isDate: types.isDate,
	isError, isFunction: (v) => typeof v === "function",
	isPrimitive: (v) => v === null || (typeof v !== "object" && typeof v !== "function"),
	TextEncoder: globalThis.TextEncoder, TextDecoder: globalThis.TextDecoder };

// Few scripts ask for these: their files are read when one does.
for (const [name, from] of [["parseArgs", "util/parse_args"], ["MIMEType", "util/mime"], ["MIMEParams", "util/mime"],
	["parseEnv", "util/dotenv"]])
	lazily(module.exports, name, () => require(from)[name]);
