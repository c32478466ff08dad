// Names for util.inspect: what a value is an instance of, and which of its properties are shown.
"use strict";

const hasOwn = (object, key) => Object.prototype.hasOwnProperty.call(object, key);
const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);

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
	return `${tag(object)} <${require("inspect").inspect(Object.getPrototypeOf(object), { ...ctx, customInspect: false, depth: -1 })}>`;
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

function toStringTagOf(ctx, value, constructor) {
	let shown = value[Symbol.toStringTag];
	// One that shows as a property need not be told twice.
	if (typeof shown !== "string" || shown === "" || shown === constructor ||
		(ctx.showHidden ? hasOwn(value, Symbol.toStringTag)
			: Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag)))
		return "";
	return shown;
}

module.exports = { hasOwn, tag, constructorName, prefix, keysOf, isIndex, otherKeys, toStringTagOf };
