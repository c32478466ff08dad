// The readers and writers of numbers that a Buffer has.
"use strict";

const { argType, outOfRange, coded } = require("errors");

function define(prototype, name, value) {
	Object.defineProperty(prototype, name, { configurable: true, writable: true, value });
}

function checkOffset(buffer, offset, size) {
	if (typeof offset !== "number")
		throw argType("offset", "of type number", offset);
	if (Math.floor(offset) !== offset)
		throw outOfRange("offset", "an integer", offset);
	if (buffer.length - size < 0)
		throw coded(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", "Attempt to access memory outside buffer bounds");
	if (offset < 0 || offset + size > buffer.length)
		throw outOfRange("offset", `>= 0 and <= ${buffer.length - size}`, offset);
}

function rangeText(size, signed, big) {
	const n = big ? "n" : "", bits = size * 8;
	if (signed)
		return size > 4 || big ? `>= -(2${n} ** ${bits - 1}${n}) and < 2${n} ** ${bits - 1}${n}`
			: `>= -${2 ** (bits - 1)} and <= ${2 ** (bits - 1) - 1}`;
	return size > 4 || big ? `>= 0${n} and < 2${n} ** ${bits}${n}` : `>= 0 and <= ${2 ** bits - 1}`;
}

function view(buffer) {
	return new DataView(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

function numbers(prototype, kind, size, get, set, signed, aliases) {
	for (const [suffix, little] of size === 1 ? [["", true]] : [["LE", true], ["BE", false]]) {
		function read(offset = 0) {
			checkOffset(this, offset, size);
			return view(this)[get](offset, little);
		}
		function write(value, offset = 0) {
			const big = get.includes("Big");
			if (!get.includes("Float")) {
				value = big ? value : +value;
				const zero = big ? 0n : 0, two = big ? 2n : 2, bits = big ? BigInt(size * 8) : size * 8, one = big ? 1n : 1;
				const low = signed ? -(two ** (bits - one)) : zero, high = signed ? two ** (bits - one) - one : two ** bits - one;
				if (value > high || value < low)
					throw outOfRange("value", rangeText(size, signed, big), value);
			}
			checkOffset(this, offset, size);
			view(this)[set](offset, value, little);
			return offset + size;
		}
		for (const name of [kind, ...aliases]) {
			define(prototype, `read${name}${suffix}`, read);
			define(prototype, `write${name}${suffix}`, write);
		}
	}
}

function checkBytes(n) {
	if (typeof n !== "number")
		throw argType("byteLength", "of type number", n);
	if (Math.floor(n) !== n)
		throw outOfRange("byteLength", "an integer", n);
	if (n < 1 || n > 6)
		throw outOfRange("byteLength", ">= 1 and <= 6", n);
}

// readUIntBE and its kin, whose numbers have as many bytes as the caller says.
function bySize(prototype) {
	for (const [suffix, little] of [["LE", true], ["BE", false]]) {
		for (const signed of [false, true]) {
			function read(offset, n) {
				if (offset === undefined)
					throw argType("offset", "of type number", offset);
				checkBytes(n);
				checkOffset(this, offset, n);
				let value = 0;
				for (let i = 0; i < n; i++)
					value = value * 256 + this[offset + (little ? n - 1 - i : i)];
				return signed && value >= 2 ** (n * 8 - 1) ? value - 2 ** (n * 8) : value;
			}
			function write(value, offset, n) {
				value = +value;
				checkBytes(n);
				const low = signed ? -(2 ** (n * 8 - 1)) : 0, high = signed ? 2 ** (n * 8 - 1) - 1 : 2 ** (n * 8) - 1;
				if (value < low || value > high)
					throw outOfRange("value", rangeText(n, signed, false), value);
				checkOffset(this, offset, n);
				let rest = value < 0 ? value + 2 ** (n * 8) : value;
				for (let i = 0; i < n; i++) {
					this[offset + (little ? i : n - 1 - i)] = rest % 256;
					rest = Math.floor(rest / 256);
				}
				return offset + n;
			}
			for (const name of signed ? ["Int"] : ["UInt", "Uint"]) {
				define(prototype, `read${name}${suffix}`, read);
				define(prototype, `write${name}${suffix}`, write);
			}
		}
	}
}

function offer(prototype) {
	numbers(prototype, "UInt8", 1, "getUint8", "setUint8", false, ["Uint8"]);
	numbers(prototype, "Int8", 1, "getInt8", "setInt8", true, []);
	numbers(prototype, "UInt16", 2, "getUint16", "setUint16", false, ["Uint16"]);
	numbers(prototype, "Int16", 2, "getInt16", "setInt16", true, []);
	numbers(prototype, "UInt32", 4, "getUint32", "setUint32", false, ["Uint32"]);
	numbers(prototype, "Int32", 4, "getInt32", "setInt32", true, []);
	numbers(prototype, "BigUInt64", 8, "getBigUint64", "setBigUint64", false, ["BigUint64"]);
	numbers(prototype, "BigInt64", 8, "getBigInt64", "setBigInt64", true, []);
	numbers(prototype, "Float", 4, "getFloat32", "setFloat32", true, []);
	numbers(prototype, "Double", 8, "getFloat64", "setFloat64", true, []);
	bySize(prototype);
}

module.exports = { offer };
