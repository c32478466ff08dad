// util.inspect and util.format: how values are shown, in Node's form.
"use strict";

const types = require("util/types");

const custom = Symbol.for("nodejs.util.inspect.custom");
const DEFAULTS = { showHidden: false, depth: 2, colors: false, customInspect: true, showProxy: false,
	maxArrayLength: 100, maxStringLength: 10000, breakLength: 80, compact: 3, sorted: false, getters: false,
	numericSeparator: false };
const STYLES = { special: "cyan", number: "yellow", bigint: "yellow", boolean: "yellow", undefined: "grey",
	null: "bold", string: "green", symbol: "green", date: "magenta", regexp: "red", module: "underline" };
const COLORS = { bold: [1, 22], cyan: [36, 39], yellow: [33, 39], grey: [90, 39], green: [32, 39],
	magenta: [35, 39], red: [31, 39], underline: [4, 24] };
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const TypedArray = Object.getPrototypeOf(Uint8Array);
const sizeOf = (prototype) => {
	const { get } = Object.getOwnPropertyDescriptor(prototype, "size");
	return (value) => get.call(value);
};
const sizeOfSet = sizeOf(Set.prototype), sizeOfMap = sizeOf(Map.prototype);
const hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);

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

// names --------------------------------------------------------------------------------

// The name of the class that a value is an instance of; null: it has no prototype.
function constructorName(object, ctx, depth) {
	let first;
	for (let at = object, n = 0; at; at = Object.getPrototypeOf(at), n++) {
		const own = Object.getOwnPropertyDescriptor(at, "constructor");
		if (own !== undefined && typeof own.value === "function" && own.value.name !== "" &&
			instanceOf(object, own.value))
			return own.value.name;
		if (n === 0)
			first = at;
	}
	if (first === undefined || Object.getPrototypeOf(object) === null)
		return null;
	if (depth > ctx.depth && ctx.depth !== null)
		return `${tag(object)} <Complex prototype>`;
	return `${tag(object)} <${inspect(Object.getPrototypeOf(object), { ...ctx, customInspect: false, depth: -1 })}>`;
}

function instanceOf(object, constructor) {
	try {
		return object instanceof constructor;
	} catch {
		return false;
	}
}

function prefix(constructor, shown, fallback, size = "") {
	if (constructor === null)
		return shown !== "" && fallback !== shown ? `[${fallback}${size}: null prototype] [${shown}] `
			: `[${fallback}${size}: null prototype] `;
	return shown !== "" && constructor !== shown ? `${constructor}${size} [${shown}] ` : `${constructor}${size} `;
}

function keysOf(ctx, value) {
	const symbols = Object.getOwnPropertySymbols(value);
	if (ctx.showHidden)
		return [...Object.getOwnPropertyNames(value), ...symbols];
	const keys = Object.keys(value);
	return [...keys, ...symbols.filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))];
}

function isIndex(key) {
	return typeof key === "string" && /^(0|[1-9]\d*)$/.test(key) && Number(key) < 2 ** 32 - 1;
}

function otherKeys(ctx, value) {
	return keysOf(ctx, value).filter((key) => !isIndex(key));
}

// kinds --------------------------------------------------------------------------------

const OBJECT = 0, ARRAY = 1, ENTRIES = 2;

function functionBase(value, constructor, shown) {
	const text = Function.prototype.toString.call(value);
	if (text.startsWith("class") && text.endsWith("}")) {
		let base = hasOwn(value, "name") && value.name !== "" ? `[class ${value.name}` : "[class (anonymous)";
		if (constructor !== "Function" && constructor !== null)
			base += ` [${constructor}]`;
		if (shown !== "" && constructor !== shown)
			base += ` [${shown}]`;
		const parent = Object.getPrototypeOf(value);
		if (constructor === null)
			base += " extends [null prototype]";
		else if (parent && parent.name)
			base += ` extends ${parent.name}`;
		return base + "]";
	}
	const kind = tag(value);
	const type = kind === "AsyncFunction" || kind === "GeneratorFunction" || kind === "AsyncGeneratorFunction"
		? kind : "Function";
	let base = `[${type}`;
	if (constructor === null)
		base += " (null prototype)";
	base += value.name === "" ? " (anonymous)]" : `: ${value.name}]`;
	if (constructor !== type && constructor !== null)
		base += ` ${constructor}`;
	if (shown !== "" && constructor !== shown)
		base += ` [${shown}]`;
	return base;
}

function errorBase(ctx, error, constructor, shown, keys) {
	const { stackOf } = require("errors");
	let text;
	try {
		text = String(stackOf(error));
	} catch {
		text = Error.prototype.toString.call(error);
	}
	for (const name of ["name", "message", "stack"]) {
		const at = keys.indexOf(name);
		if (at >= 0 && (typeof error[name] !== "string" || text.includes(error[name])))
			keys.splice(at, 1);
	}
	if ("cause" in error && hasOwn(error, "cause") && !keys.includes("cause"))
		keys.push("cause");
	if (Array.isArray(error.errors) && hasOwn(error, "errors") && !keys.includes("errors"))
		keys.push("errors");
	const name = error.name != null && String(error.name) !== "" ? String(error.name) : "Error";
	if (constructor !== null && constructor !== name && name.endsWith("Error") && text.startsWith(name) &&
		!text.includes(constructor) && !shown)
		text = text.replace(name, constructor.includes(name) ? constructor : `${constructor} [${name}]`);
	else if (constructor === null)
		text = text.replace(name, `[${name}: null prototype]`);
	const frames = text.indexOf("\n    at");
	if (frames < 0)
		text = `[${text}]`;
	if (ctx.indentation > 0)
		text = text.replaceAll("\n", `\n${" ".repeat(ctx.indentation)}`);
	return text;
}

function formatArray(ctx, value, depth) {
	const out = [], length = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
	let i = 0;
	if (Object.keys(value).filter(isIndex).length < value.length && !ArrayBuffer.isView(value))
		return sparse(ctx, value, depth, length);
	for (; i < length; i++)
		out.push(formatProperty(ctx, value, depth, String(i), ARRAY));
	if (value.length > length)
		out.push(more(value.length - length));
	return out;
}

function sparse(ctx, value, depth, most) {
	const out = [], keys = Object.keys(value).filter(isIndex);
	let at = 0;
	for (const key of keys) {
		if (out.length >= most)
			break;
		const gap = Number(key) - at;
		if (gap > 0) {
			out.push(paint(ctx, `<${gap} empty item${gap > 1 ? "s" : ""}>`, "undefined"));
			if (out.length >= most)
				break;
		}
		out.push(formatProperty(ctx, value, depth, key, ARRAY));
		at = Number(key) + 1;
	}
	const left = value.length - at;
	if (out.length < most && left > 0)
		out.push(paint(ctx, `<${left} empty item${left > 1 ? "s" : ""}>`, "undefined"));
	else if (left > 0)
		out.push(more(left));
	return out;
}

function more(n) {
	return `... ${n} more item${n > 1 ? "s" : ""}`;
}

function formatTyped(ctx, value) {
	const length = Math.min(Math.max(0, ctx.maxArrayLength), value.length);
	const out = [];
	for (let i = 0; i < length; i++)
		out.push(formatPrimitive(ctx, value[i]));
	if (value.length > length)
		out.push(more(value.length - length));
	return out;
}

function formatSet(ctx, value, depth) {
	const out = [];
	ctx.indentation += 2;
	for (const item of Set.prototype.values.call(value)) {
		if (out.length >= ctx.maxArrayLength) {
			out.push(more(sizeOfSet(value) - out.length));
			break;
		}
		out.push(formatValue(ctx, item, depth));
	}
	ctx.indentation -= 2;
	return out;
}

function formatMap(ctx, value, depth) {
	const out = [];
	ctx.indentation += 2;
	for (const [key, item] of Map.prototype.entries.call(value)) {
		if (out.length >= ctx.maxArrayLength) {
			out.push(more(sizeOfMap(value) - out.length));
			break;
		}
		out.push(`${formatValue(ctx, key, depth)} => ${formatValue(ctx, item, depth)}`);
	}
	ctx.indentation -= 2;
	return out;
}

function formatArrayBuffer(ctx, value) {
	const bytes = new Uint8Array(value);
	let hex = [...bytes.subarray(0, Math.min(50, ctx.maxArrayLength))]
		.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
	if (bytes.length > 50)
		hex += ` ... ${bytes.length - 50} more byte${bytes.length > 51 ? "s" : ""}`;
	return [`${paint(ctx, "[Uint8Contents]", "special")}: <${hex}>`,
		`byteLength: ${paint(ctx, String(value.byteLength), "number")}`];
}

function unboxed(value, kind) {
	return { Number, String, Boolean, BigInt, Symbol }[kind].prototype.valueOf.call(value);
}

// What a kind of value looks like: { base, braces, entries, extra }; `keys` may be changed.
function describeKind(ctx, value, constructor, shown, keys, depth) {
	if (Array.isArray(value)) {
		const name = constructor !== "Array" || shown !== "" ? prefix(constructor, shown, "Array", `(${value.length})`) : "";
		return { braces: [`${name}[`, "]"], entries: () => formatArray(ctx, value, depth), extra: ARRAY,
			empty: value.length === 0 };
	}
	if (types.isSet(value))
		return { braces: [`${prefix(constructor, shown, "Set", `(${sizeOfSet(value)})`)}{`, "}"], extra: OBJECT,
			entries: () => formatSet(ctx, value, depth), empty: sizeOfSet(value) === 0 };
	if (types.isMap(value))
		return { braces: [`${prefix(constructor, shown, "Map", `(${sizeOfMap(value)})`)}{`, "}"], extra: OBJECT,
			entries: () => formatMap(ctx, value, depth), empty: sizeOfMap(value) === 0 };
	if (types.isTypedArray(value))
		return { braces: [`${prefix(constructor, shown, "TypedArray", `(${value.length})`)}[`, "]"], extra: ARRAY,
			entries: () => formatTyped(ctx, value), empty: value.length === 0 };
	const kind = tag(value);
	if (kind === "Map Iterator" || kind === "Set Iterator")
		return { braces: [`[${kind}] {`, "}"], extra: OBJECT,
			entries: () => formatArray(ctx, peek(value), depth) };
	if (kind === "Arguments")
		return { braces: ["[Arguments] {", "}"] };
	if (typeof value === "function")
		return { base: paint(ctx, functionBase(value, constructor, shown), "special"), braces: ["{", "}"] };
	if (value instanceof RegExp)
		return { base: paint(ctx, `${constructor !== "RegExp" ? prefix(constructor, shown, "RegExp") : ""}` +
			RegExp.prototype.toString.call(value), "regexp"), braces: ["{", "}"] };
	if (types.isDate(value)) {
		const text = Number.isNaN(Date.prototype.getTime.call(value)) ? "Invalid Date"
			: Date.prototype.toISOString.call(value);
		return { base: paint(ctx, (constructor !== "Date" ? prefix(constructor, shown, "Date") : "") + text, "date"),
			braces: ["{", "}"] };
	}
	if (value instanceof Error || kind === "Error")
		return { base: errorBase(ctx, value, constructor, shown, keys), braces: ["{", "}"], error: true };
	if (value instanceof ArrayBuffer || kind === "SharedArrayBuffer")
		return { braces: [`${prefix(constructor, shown, kind)}{`, "}"], entries: () => formatArrayBuffer(ctx, value) };
	if (value instanceof DataView) {
		return { braces: [`${prefix(constructor, shown, "DataView")}{`, "}"], entries: () => {
			ctx.indentation += 2;
			const out = ["byteLength", "byteOffset", "buffer"].map((key) =>
				`${key}: ${formatValue(ctx, value[key], depth)}`);
			ctx.indentation -= 2;
			return out;
		} };
	}
	if (value instanceof Promise)
		return { braces: [`${prefix(constructor, shown, "Promise")}{`, "}"], entries: () =>
			[paint(ctx, "<pending>", "special")] };
	if (value instanceof WeakSet || value instanceof WeakMap)
		return { braces: [`${prefix(constructor, shown, kind)}{`, "}"], entries: () =>
			[paint(ctx, "<items unknown>", "special")] };
	if (["Number", "String", "Boolean", "BigInt", "Symbol"].includes(kind)) {
		try {
			const inner = unboxed(value, kind);
			if (kind === "String")
				keys.splice(0, keys.length, ...keys.filter((key) => !isIndex(key)));
			const name = constructor !== kind && constructor !== null ? `${kind} (${constructor})`
				: constructor === null ? `${kind} (null prototype)` : kind;
			return { base: paint(ctx, `[${name}: ${formatPrimitive({ ...ctx, colors: false }, inner)}]`,
				typeof inner), braces: ["{", "}"] };
		} catch {
			// it only says so in Symbol.toStringTag
		}
	}
	if (kind === "Module")
		return { braces: [`[Module: null prototype] {`, "}"] };
	if (constructor === "Object" && shown === "")
		return { braces: ["{", "}"] };
	return { braces: [`${prefix(constructor, shown, "Object")}{`, "}"] };
}

// The items that an iterator would give: not knowable without taking them from it.
function peek() {
	return [];
}

// values -------------------------------------------------------------------------------

function customised(ctx, value, depth) {
	const method = value[custom];
	if (typeof method !== "function" || method === inspect ||
		(value.constructor && value.constructor.prototype === value && !hasOwn(value, custom)))
		return undefined;
	const left = ctx.depth === null ? null : ctx.depth - depth;
	const { seen, indentation, circular, ...options } = ctx;
	const made = method.call(value, left, { ...options, stylize: (text, style) => paint(ctx, String(text), style) },
		inspect);
	if (made === value)
		return undefined;
	return typeof made === "object" && made !== null || typeof made !== "string" ? formatValue(ctx, made, depth)
		: made.replaceAll("\n", `\n${" ".repeat(ctx.indentation)}`);
}

function formatValue(ctx, value, depth, typed) {
	if (value === null)
		return paint(ctx, "null", "null");
	if (typeof value !== "object" && typeof value !== "function")
		return formatPrimitive(ctx, value);
	if (ctx.customInspect) {
		const text = customised(ctx, value, depth);
		if (text !== undefined)
			return text;
	}
	if (ctx.seen.includes(value)) {
		ctx.circular ??= new Map();
		if (!ctx.circular.has(value))
			ctx.circular.set(value, ctx.circular.size + 1);
		return paint(ctx, `[Circular *${ctx.circular.get(value)}]`, "special");
	}
	return formatObject(ctx, value, depth, typed);
}

function toStringTagOf(ctx, value, constructor) {
	let shown = value[Symbol.toStringTag];
	// One that shows as a property need not be told twice.
	if (typeof shown !== "string" || shown === "" || shown === constructor ||
		(ctx.showHidden ? hasOwn(value, Symbol.toStringTag)
			: Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag)))
		return "";
	return shown;
}

function formatObject(ctx, value, depth) {
	const constructor = constructorName(value, ctx, depth);
	let shown = toStringTagOf(ctx, value, constructor);
	if (typeof value === "function" && /^(Async)?(Generator)?Function$/.test(shown))
		shown = "";
	const arrayLike = Array.isArray(value) || value instanceof TypedArray;
	const keys = arrayLike ? otherKeys(ctx, value) : keysOf(ctx, value);
	const kind = describeKind(ctx, value, constructor, shown, keys, depth + 1);
	const { braces, base = "", extra = OBJECT } = kind;
	if (keys.length === 0 && (base !== "" || (kind.entries === undefined || kind.empty))) {
		if (base !== "")
			return base;
		return `${braces[0]}${braces[1]}`;
	}
	if (ctx.depth !== null && depth > ctx.depth) {
		if (typeof value === "function" || base !== "" && !kind.error)
			return base;
		const name = prefix(constructor, shown, Array.isArray(value) ? "Array" : "Object").slice(0, -1);
		return paint(ctx, Array.isArray(value) && constructor === "Array" ? "[Array]" : constructor === null ? `[${name}]`
			: `[${name}]`, "special");
	}
	ctx.seen.push(value);
	ctx.currentDepth = depth;
	let out;
	try {
		out = kind.entries !== undefined ? kind.entries() : [];
		for (const key of keys)
			out.push(formatProperty(ctx, value, depth + 1, key, extra));
	} finally {
		ctx.seen.pop();
	}
	let front = base;
	const mark = ctx.circular && ctx.circular.get(value);
	const opening = [...braces];
	if (mark !== undefined) {
		const reference = paint(ctx, `<ref *${mark}>`, "special");
		if (front === "")
			opening[0] = `${reference} ${opening[0]}`;
		else
			front = `${reference} ${front}`;
	}
	if (ctx.sorted) {
		const compare = ctx.sorted === true ? undefined : ctx.sorted;
		if (extra === OBJECT)
			out.sort(compare);
		else if (keys.length > 1)
			out = [...out.slice(0, out.length - keys.length), ...out.slice(out.length - keys.length).sort(compare)];
	}
	return layOut(ctx, out, front, opening, extra, depth, value);
}

function formatKey(ctx, key) {
	if (typeof key === "symbol")
		return `[${paint(ctx, key.toString().replace(CONTROL, escaped), "symbol")}]`;
	if (key === "__proto__")
		return "['__proto__']";
	return IDENTIFIER.test(key) ? key : paint(ctx, quote(key), "string");
}

function formatProperty(ctx, object, depth, key, extra) {
	const own = Object.getOwnPropertyDescriptor(object, key) ||
		{ value: object[key], configurable: true, enumerable: true };
	let text;
	if (own.value !== undefined || hasOwn(own, "value")) {
		const deeper = ctx.compact !== true || extra !== OBJECT ? 2 : 3;
		ctx.indentation += deeper;
		text = formatValue(ctx, own.value, depth);
		if (deeper === 3 && ctx.breakLength < text.length)
			text = `\n${" ".repeat(ctx.indentation)}${text}`;
		ctx.indentation -= deeper;
	} else if (own.get !== undefined) {
		text = formatGetter(ctx, object, depth, key, own);
	} else {
		text = paint(ctx, own.set !== undefined ? "[Setter]" : "undefined", own.set !== undefined ? "special" : "undefined");
	}
	if (extra === ARRAY && isIndex(key))
		return text;
	const name = own.enumerable === false ? `[${typeof key === "symbol" ? key.toString() : key}]` : formatKey(ctx, key);
	return `${name}: ${text}`;
}

function formatGetter(ctx, object, depth, key, own) {
	const label = own.set !== undefined ? "Getter/Setter" : "Getter";
	if (!ctx.getters || (ctx.getters === "get" && own.set) || (ctx.getters === "set" && !own.set))
		return paint(ctx, `[${label}]`, "special");
	try {
		const value = own.get.call(object);
		ctx.indentation += 2;
		const text = value === null || typeof value !== "object"
			? `${paint(ctx, `[${label}:`, "special")} ${formatPrimitiveOrNull(ctx, value)}${paint(ctx, "]", "special")}`
			: `${paint(ctx, `[${label}]`, "special")} ${formatValue(ctx, value, depth)}`;
		ctx.indentation -= 2;
		return text;
	} catch (error) {
		return paint(ctx, `[${label}: <Inspection threw (${error.message})>]`, "special");
	}
}

function formatPrimitiveOrNull(ctx, value) {
	return value === null ? "null" : typeof value === "function" ? formatValue(ctx, value, 0) : formatPrimitive(ctx, value);
}

// layout -------------------------------------------------------------------------------

function width(text) {
	// eslint-disable-next-line no-control-regex
	const plain = text.replace(/\u001b\[\d+m/g, "");
	let n = 0;
	for (const character of plain) {
		const code = character.codePointAt(0);
		if (code < 0x300)
			n += 1;
		else if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character))
			n += 0;
		else
			n += (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
				(code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
				(code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
				(code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) ? 2 : 1;
	}
	return n;
}

// Many short items stand in columns: about two and a half times as wide as high, 16 at most.
function inColumns(ctx, out, value, entries) {
	const hidden = entries > ctx.maxArrayLength ? 1 : 0; // "... more items" has a line of its own
	const count = out.length - hidden, gap = 2;
	const widths = out.slice(0, count).map(width);
	const longest = Math.max(...widths) + gap;
	const total = widths.reduce((sum, n) => sum + n + gap, 0);
	if (longest * 3 + ctx.indentation >= ctx.breakLength || (total / longest <= 5 && longest - gap > 6))
		return out;
	const bias = Math.sqrt(longest - total / out.length);
	const biased = Math.max(longest - 3 - bias, 1);
	const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * count) / biased),
		Math.floor((ctx.breakLength - ctx.indentation) / longest), ctx.compact * 4, 15);
	if (columns <= 1)
		return out;
	const lines = [], columnWidth = [];
	for (let i = 0; i < columns; i++) {
		let most = 0;
		for (let j = i; j < count; j += columns)
			most = Math.max(most, widths[j]);
		columnWidth.push(most + gap);
	}
	const right = value !== undefined && out.every((_, i) => i >= count || typeof value[i] === "number" ||
		typeof value[i] === "bigint");
	for (let i = 0; i < count; i += columns) {
		const end = Math.min(i + columns, count);
		let line = "";
		for (let j = i; j < end - 1; j++) {
			const pad = " ".repeat(columnWidth[j - i] - widths[j] - gap);
			line += right ? `${pad}${out[j]}, ` : `${out[j]}, ${pad}`;
		}
		line += right ? " ".repeat(columnWidth[end - 1 - i] - gap - widths[end - 1]) + out[end - 1] : out[end - 1];
		lines.push(line);
	}
	if (hidden)
		lines.push(out[count]);
	return lines;
}

function layOut(ctx, out, base, braces, extra, depth, value) {
	const front = base !== "" ? `${base} ` : "";
	if (ctx.compact === true) {
		if (fits(ctx, out, 0, base))
			return `${braces[0]}${front === "" ? "" : ` ${base}`} ${out.join(", ")} ${braces[1]}`;
		const indent = `\n${" ".repeat(ctx.indentation)}  `;
		// The first entry stands in the line of a short opening only: below others they would not line up.
		const first = base === "" && braces[0].length === 1 ? " " : `${base !== "" ? ` ${base}` : ""}${indent}`;
		return `${braces[0]}${first}${out.join(`,${indent}`)} ${braces[1]}`;
	}
	const entries = out.length;
	if (typeof ctx.compact === "number") {
		if (extra === ARRAY && entries > 6)
			out = inColumns(ctx, out, value, value.length ?? entries);
		if (ctx.currentDepth - depth < ctx.compact && entries === out.length) {
			const start = out.length + ctx.indentation + braces[0].length + base.length + 10;
			if (fits(ctx, out, start, base)) {
				const joined = out.join(", ");
				if (!joined.includes("\n"))
					return `${front}${braces[0]} ${joined} ${braces[1]}`;
			}
		}
	}
	const indent = `\n${" ".repeat(ctx.indentation)}`;
	return `${front}${braces[0]}${indent}  ${out.join(`,${indent}  `)}${indent}${braces[1]}`;
}

function fits(ctx, out, start, base) {
	let total = out.length + start;
	for (const text of out)
		total += ctx.colors ? width(text) : text.length;
	return total <= ctx.breakLength && !base.includes("\n");
}

// functions ----------------------------------------------------------------------------

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
