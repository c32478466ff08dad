// util.inspect and util.format: how values are shown, in Node's form.
"use strict";

const { DEFAULTS, STYLES, COLORS } = require("inspect/primitives");
const { hasOwn } = require("inspect/names");
const { width } = require("inspect/layout");
const { formatValue } = require("inspect/values");

const custom = Symbol.for("nodejs.util.inspect.custom");

function inspect(value, options, ...legacy) {
	const ctx = { ...defaults };
	if (typeof options === "boolean") {
		ctx.showHidden = options;
		if (legacy[0] !== undefined)
			ctx.depth = legacy[0];
		if (legacy[1] !== undefined)
			ctx.colors = legacy[1];
	} else if (options !== null && typeof options === "object") {
		for (const key of Object.keys(options))
			if (hasOwn(DEFAULTS, key))
				ctx[key] = options[key];
	}
	if (ctx.maxArrayLength === null)
		ctx.maxArrayLength = Infinity;
	if (ctx.maxStringLength === null)
		ctx.maxStringLength = Infinity;
	if (ctx.depth === Infinity || ctx.depth === undefined)
		ctx.depth = ctx.depth === undefined ? 2 : null;
	Object.assign(ctx, { seen: [], indentation: 0, currentDepth: 0, circular: undefined });
	return formatValue(ctx, value, 0);
}
inspect.custom = custom;
const defaults = { ...DEFAULTS };
Object.defineProperty(inspect, "defaultOptions", {
	configurable: false,
	enumerable: true,
	get: () => defaults,
	set(options) {
		if (options === null || typeof options !== "object")
			throw require("errors").argType("options", "of type object", options);
		Object.assign(defaults, options);
	},
});
inspect.colors = COLORS;
inspect.styles = STYLES;

function hasOwnToString(value) {
	if (Object.prototype.toString.call(value) === "[object Error]" || value instanceof Error)
		return true;
	if (typeof value.toString !== "function")
		return false;
	if (hasOwn(value, "toString"))
		return true;
	let at = value;
	do
		at = Object.getPrototypeOf(at);
	while (at !== null && !hasOwn(at, "toString"));
	const own = at && Object.getOwnPropertyDescriptor(at, "constructor");
	return own !== undefined && own !== null && typeof own.value === "function" &&
		!/\{\s*\[native code\]\s*\}$/.test(Function.prototype.toString.call(own.value));
}

function asString(value, options) {
	if (typeof value === "number" || typeof value === "bigint")
		return inspect(value, { ...options, colors: false });
	if (typeof value === "object" && value !== null && !hasOwnToString(value))
		return inspect(value, { ...options, depth: 0, colors: false, compact: 3 });
	return String(value);
}

function numeric(value, parse) {
	if (typeof value === "bigint" && parse !== parseFloat)
		return `${value}n`;
	return typeof value === "symbol" ? "NaN" : inspect(parse(value));
}

function json(value) {
	try {
		return JSON.stringify(value);
	} catch (error) {
		if (/cyclic|circular/i.test(error.message))
			return "[Circular]";
		throw error;
	}
}

function directive(letter, value, options) {
	switch (letter) {
	case "s":
		return asString(value, options);
	case "d":
		return numeric(value, Number);
	case "i":
		return numeric(value, (text) => parseInt(text));
	case "f":
		return numeric(value, parseFloat);
	case "j":
		return json(value);
	case "O":
		return inspect(value, options);
	case "o":
		return inspect(value, { ...options, showHidden: true, showProxy: true, depth: 4 });
	case "c":
		return "";
	}
}

function formatWithOptions(options, ...args) {
	if (options === null || typeof options !== "object")
		throw require("errors").argType("inspectOptions", "of type object", options);
	let next = 0, text = "", join = "";
	if (typeof args[0] === "string") {
		next = 1;
		if (args.length === 1)
			return args[0];
		text = args[0].replace(/%([sdifjOoc%])/g, (all, letter) => {
			if (letter === "%")
				return "%";
			return next < args.length ? directive(letter, args[next++], options) : all;
		});
		join = " ";
	}
	for (; next < args.length; next++) {
		text += join + (typeof args[next] === "string" ? args[next] : inspect(args[next], options));
		join = " ";
	}
	return text;
}

module.exports = { inspect, format: (...args) => formatWithOptions({}, ...args), formatWithOptions, width, hasOwn };
