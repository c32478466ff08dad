// What util.inspect shows of strings, numbers and the other primitives, and its options and colours.
"use strict";

const DEFAULTS = { showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false,
	maxArrayLength: 100, maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false,
	numericSeparator: false };
const STYLES = { special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey",
	null: "bold", string: "green", symbol: "green", date: "magenta", regexp: "red", module: "underline" };
const COLORS = { bold: [1, 22], cyan: [36, 39], yellow: [33, 39], grey: [90, 39], green: [32, 39],
	magenta: [35, 39], red: [31, 39], underline: [4, 24] };
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

function paint(ctx, text, style) {
	const color = ctx.colors ? COLORS[STYLES[style]] : undefined;
	return color === undefined ? text : `\u001b[${color[0]}m${text}\u001b[${color[1]}m`;
}
// strings ------------------------------------------------------------------------------

const ESCAPES = { "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r", "\\": "\\\\" };
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x1f\\\x7f-\x9f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function escaped(character) {
	if (ESCAPES[character] !== undefined)
		return ESCAPES[character];
	const code = character.charCodeAt(0);
	return code > 0xff ? `\\u${code.toString(16)}`
		: `\\x${code.toString(16).toUpperCase().padStart(2, "0")}`;
}

function quote(text) {
	let mark = "'";
	if (text.includes("'"))
		mark = !text.includes('"') ? '"' : !text.includes("`") && !text.includes("${") ? "`" : "'";
	let out = text.replace(CONTROL, escaped);
	if (mark === "'")
		out = out.replaceAll("'", "\\'");
	return mark + out + mark;
}

function formatString(ctx, text) {
	let rest = "";
	if (text.length > ctx.maxStringLength) {
		const more = text.length - ctx.maxStringLength;
		text = text.slice(0, ctx.maxStringLength);
		rest = `... ${more} more character${more > 1 ? "s" : ""}`;
	}
	if (ctx.compact !== true && text.length > 16 && text.length > ctx.breakLength - ctx.indentation - 4)
		return text.split(/(?<=\n)/).map((line) => paint(ctx, quote(line), "string"))
			.join(` +\n${" ".repeat(ctx.indentation + 2)}`) + rest;
	return paint(ctx, quote(text), "string") + rest;
}

// primitives ---------------------------------------------------------------------------

function separated(digits) {
	return digits.replace(/\B(?=(\d{3})+$)/g, "_");
}

function formatNumber(ctx, number) {
	if (Object.is(number, -0))
		return paint(ctx, "-0", "number");
	const text = String(number);
	if (!ctx.numericSeparator || !/^-?\d+(\.\d+)?$/.test(text))
		return paint(ctx, text, "number");
	const [, sign, whole, fraction] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text);
	const shown = fraction === undefined ? "" : "." + fraction.replace(/(\d{3})(?=\d)/g, "$1_");
	return paint(ctx, sign + separated(whole) + shown, "number");
}

function formatPrimitive(ctx, value) {
	switch (typeof value) {
	case "string":
		return formatString(ctx, value);
	case "number":
		return formatNumber(ctx, value);
	case "bigint":
		return paint(ctx, `${ctx.numericSeparator ? separated(String(value)) : value}n`, "bigint");
	case "boolean":
		return paint(ctx, String(value), "boolean");
	case "undefined":
		return paint(ctx, "undefined", "undefined");
	default:
		return paint(ctx, value.toString(), "symbol");
	}
}

module.exports = { DEFAULTS, STYLES, COLORS, CONTROL, paint, escaped, quote, formatPrimitive };
