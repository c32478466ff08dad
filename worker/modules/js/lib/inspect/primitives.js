// What util.inspect shows of strings, numbers and the other primitives, and its options and colours.
"use strict";

const DEFAULTS = { showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false,
	maxArrayLength: 100, maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false,
	numericSeparator: false };
const STYLES = { __proto__: null, special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey",
	null: "bold", string: "green", symbol: "green", date: "magenta", regexp: "red", module: "underline" };
const COLORS = {
	__proto__: null,
	reset: [0, 0], bold: [1, 22], dim: [2, 22], italic: [3, 23], underline: [4, 24], blink: [5, 25],
	inverse: [7, 27], hidden: [8, 28], strikethrough: [9, 29], doubleunderline: [21, 24], black: [30, 39],
	red: [31, 39], green: [32, 39], yellow: [33, 39], blue: [34, 39], magenta: [35, 39], cyan: [36, 39],
	white: [37, 39], bgBlack: [40, 49], bgRed: [41, 49], bgGreen: [42, 49], bgYellow: [43, 49], bgBlue: [44, 49],
	bgMagenta: [45, 49], bgCyan: [46, 49], bgWhite: [47, 49], framed: [51, 54], overlined: [53, 55],
	gray: [90, 39], redBright: [91, 39], greenBright: [92, 39], yellowBright: [93, 39], blueBright: [94, 39],
	magentaBright: [95, 39], cyanBright: [96, 39], whiteBright: [97, 39], bgGray: [100, 49],
	bgRedBright: [101, 49], bgGreenBright: [102, 49], bgYellowBright: [103, 49], bgBlueBright: [104, 49],
	bgMagentaBright: [105, 49], bgCyanBright: [106, 49], bgWhiteBright: [107, 49],
};
// Other names of some.
for (const [alias, name] of Object.entries({ grey: "gray", blackBright: "gray", bgGrey: "bgGray", bgBlackBright: "bgGray",
	crossedout: "strikethrough", strikeThrough: "strikethrough", crossedOut: "strikethrough", faint: "dim",
	conceal: "hidden", swapcolors: "inverse", swapColors: "inverse", doubleUnderline: "doubleunderline" }))
	Object.defineProperty(COLORS, alias, {
		configurable: true,
		get() {
			return this[name];
		},
		set(value) {
			this[name] = value;
		},
	});
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
