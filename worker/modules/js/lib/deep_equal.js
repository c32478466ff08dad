// Deep equality, strict and loose, for assert and util.isDeepStrictEqual.
"use strict";

const types = require("util/types");

function keysOf(value, strict) {
	const keys = Object.keys(value);
	if (!strict)
		return keys;
	return [...keys, ...Object.getOwnPropertySymbols(value).filter((key) =>
		Object.prototype.propertyIsEnumerable.call(value, key))];
}

function primitives(a, b, strict) {
	// eslint-disable-next-line eqeqeq
	return strict ? Object.is(a, b) : a == b || (a !== a && b !== b);
}

function sameBoxed(a, b) {
	const of = [Number, String, Boolean, BigInt, Symbol].find((one) => Object.prototype.toString.call(a) === `[object ${one.name}]`);
	try {
		return Object.is(of.prototype.valueOf.call(a), of.prototype.valueOf.call(b));
	} catch {
		return false;
	}
}

function equal(a, b, strict, seen) {
	if (a === b)
		return a !== 0 || !strict || Object.is(a, b);
	const objects = typeof a === "object" && a !== null && typeof b === "object" && b !== null;
	if (!objects)
		return (typeof a === "object" && a !== null) || (typeof b === "object" && b !== null) ? false : primitives(a, b, strict);
	if (strict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b))
		return false;
	if (Object.prototype.toString.call(a) !== Object.prototype.toString.call(b) || Array.isArray(a) !== Array.isArray(b))
		return false;
	if (seen.some(([x, y]) => x === a && y === b))
		return true;
	seen.push([a, b]);
	const same = kinds(a, b, strict, seen) && properties(a, b, strict, seen);
	seen.pop();
	return same;
}

// What is not in properties.
function kinds(a, b, strict, seen) {
	if (Array.isArray(a))
		return a.length === b.length;
	if (types.isDate(a))
		return types.isDate(b) && Object.is(a.getTime(), b.getTime());
	if (types.isRegExp(a))
		return a.source === b.source && a.flags === b.flags && a.lastIndex === b.lastIndex;
	if (a instanceof Error)
		return a.message === b.message && a.name === b.name && (!Object.hasOwn(a, "cause") && !Object.hasOwn(b, "cause") ||
			equal(a.cause, b.cause, strict, seen));
	if (types.isArrayBufferView(a) || types.isAnyArrayBuffer(a))
		return sameBytes(a, b, strict);
	if (types.isSet(a))
		return types.isSet(b) && a.size === b.size && matches([...a], [...b], (x, y) => equal(x, y, strict, seen));
	if (types.isMap(a))
		return types.isMap(b) && a.size === b.size && matches([...a], [...b], ([k, v], [l, w]) =>
			equal(k, l, strict, seen) && equal(v, w, strict, seen));
	if (types.isBoxedPrimitive(a))
		return sameBoxed(a, b);
	return true;
}

function sameBytes(a, b, strict) {
	if (a.byteLength !== b.byteLength)
		return false;
	if (!strict && (types.isFloat32Array(a) || types.isFloat64Array(a)))
		return a.every((number, i) => number === b[i]);
	const bytes = (value) => ArrayBuffer.isView(value) ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength) : new Uint8Array(value);
	const x = bytes(a), y = bytes(b);
	return x.every((byte, i) => byte === y[i]);
}

// Whether each of `a` has a partner of its own in `b`.
function matches(a, b, same) {
	const left = [...b];
	return a.every((one) => {
		const at = left.findIndex((other) => same(one, other));
		if (at >= 0)
			left.splice(at, 1);
		return at >= 0;
	});
}

function properties(a, b, strict, seen) {
	const keys = keysOf(a, strict), others = keysOf(b, strict);
	if (types.isTypedArray(a))
		return true;
	return keys.length === others.length && keys.every((key) =>
		Object.prototype.propertyIsEnumerable.call(b, key) && equal(a[key], b[key], strict, seen));
}

module.exports = { strict: (a, b) => equal(a, b, true, []), loose: (a, b) => equal(a, b, false, []) };
