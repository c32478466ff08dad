// One value for util.inspect: its kind, its properties, and theirs.
"use strict";

const { describeKind } = require("inspect/kinds");
const { hasOwn, constructorName, prefix, keysOf, isIndex, otherKeys, toStringTagOf } = require("inspect/names");
const { CONTROL, paint, escaped, quote, formatPrimitive } = require("inspect/primitives");
const { OBJECT, ARRAY, layOut } = require("inspect/layout");

const custom = Symbol.for("nodejs.util.inspect.custom");
const IDENTIFIER = /^[a-zA-Z_][a-zA-Z_0-9]*$/;
const DEPTH_MAX = 1000; // about where Node's stack is at its end; what is shown grows with the square of it
const TypedArray = Object.getPrototypeOf(Uint8Array);

function customised(ctx, value, depth) {
	const method = value[custom], { inspect } = require("inspect");
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

function nameOf(value, constructor, shown) {
	return prefix(constructor, shown, Array.isArray(value) ? "Array" : "Object").slice(0, -1);
}

function isOverflow(error) {
	return error instanceof RangeError && /^Maximum call stack size exceeded/.test(error.message);
}

function interrupted(ctx, name) {
	return paint(ctx, `[${name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]`, "special");
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
		const name = nameOf(value, constructor, shown);
		return paint(ctx, Array.isArray(value) && constructor === "Array" ? "[Array]" : constructor === null ? name
			: `[${name}]`, "special");
	}
	if (depth > DEPTH_MAX)
		return interrupted(ctx, nameOf(value, constructor, shown));
	const { indentation } = ctx;
	ctx.seen.push(value);
	ctx.currentDepth = depth;
	let out;
	try {
		out = kind.entries !== undefined ? kind.entries() : [];
		for (const key of keys)
			out.push(formatProperty(ctx, value, depth + 1, key, extra));
	} catch (error) {
		if (!isOverflow(error))
			throw error;
		ctx.indentation = indentation;
		return interrupted(ctx, nameOf(value, constructor, shown));
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

Object.assign(exports, { formatValue, formatProperty });
