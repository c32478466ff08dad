// What the kinds of objects look like to util.inspect: arrays, maps, errors and all others.
"use strict";

const types = require("util/types");
const values = require("inspect/values"); // which calls this
const { hasOwn, tag, prefix, isIndex } = require("inspect/names");
const { paint, formatPrimitive } = require("inspect/primitives");
const { OBJECT, ARRAY } = require("inspect/layout");

const sizeOf = (prototype) => {
	const { get } = Object.getOwnPropertyDescriptor(prototype, "size");
	return (value) => get.call(value);
};
const sizeOfSet = sizeOf(Set.prototype), sizeOfMap = sizeOf(Map.prototype);

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
		out.push(values.formatProperty(ctx, value, depth, String(i), ARRAY));
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
		out.push(values.formatProperty(ctx, value, depth, key, ARRAY));
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
		out.push(values.formatValue(ctx, item, depth));
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
		out.push(`${values.formatValue(ctx, key, depth)} => ${values.formatValue(ctx, item, depth)}`);
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
				`${key}: ${values.formatValue(ctx, value[key], depth)}`);
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

module.exports = { describeKind };
