// Buffer: bytes as a Uint8Array, with Node's encodings and readers.
"use strict";

const { lazily } = require("internal");
const { argType, argValue, outOfRange, coded } = require("errors");
const { MAX_STRING, encodingName, encodingOf, encodingGiven, encode, decode } = require("buffer/encodings");
const { atob, btoa } = require("buffer/base64_globals");

const MAX_LENGTH = 2 ** 32;
const customInspect = Symbol.for("nodejs.util.inspect.custom");
let inspectMost = 50; // bytes that are shown

// construction -------------------------------------------------------------------------

class FastBuffer extends Uint8Array {}

function Buffer(value, encodingOrOffset, length) {
	if (typeof value === "number") {
		if (typeof encodingOrOffset === "string")
			throw argType("string", "of type string", value);
		return Buffer.alloc(value);
	}
	return Buffer.from(value, encodingOrOffset, length);
}
Object.defineProperty(FastBuffer.prototype, "constructor", { configurable: true, writable: true, value: Buffer });
Buffer.prototype = FastBuffer.prototype;
Object.setPrototypeOf(Buffer, Uint8Array);
Object.defineProperty(Buffer, Symbol.species, { configurable: true, get: () => FastBuffer });

function wrap(bytes) {
	return new FastBuffer(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function checkSize(size) {
	if (typeof size !== "number")
		throw argType("size", "of type number", size);
	if (!(size >= 0 && size <= MAX_LENGTH))
		throw outOfRange("size", `>= 0 && <= ${MAX_LENGTH}`, size);
}

// A place in a buffer, or a length.
function checkIndex(name, value, most = MAX_LENGTH) {
	if (typeof value !== "number")
		throw argType(name, "of type number", value);
	if (!Number.isInteger(value))
		throw outOfRange(name, "an integer", value);
	if (value < 0 || value > most)
		throw outOfRange(name, `>= 0 && <= ${most}`, value);
}

Buffer.alloc = function alloc(size, fill, encoding) {
	checkSize(size);
	if (typeof fill === "string" && encoding !== undefined && typeof encoding !== "string")
		throw argType("encoding", "of type string", encoding);
	const buffer = new FastBuffer(size);
	return fill !== undefined && fill !== 0 && size > 0 ? buffer.fill(fill, encoding) : buffer;
};

Buffer.allocUnsafe = function allocUnsafe(size) {
	checkSize(size);
	return new FastBuffer(size);
};
Buffer.allocUnsafeSlow = Buffer.allocUnsafe;

const EXPECTED = "of type string or an instance of Buffer, ArrayBuffer, or Array or an Array-like Object";

function fromObject(value) {
	if (value.length !== undefined || value.buffer instanceof ArrayBuffer)
		return typeof value.length === "number" ? new FastBuffer(Array.from(value, (n) => n & 255)) : new FastBuffer(0);
	if (value.type === "Buffer" && Array.isArray(value.data))
		return new FastBuffer(value.data);
	return undefined;
}

Buffer.from = function from(value, encodingOrOffset, length) {
	if (typeof value === "string")
		return wrap(encode(value, encodingOf(typeof encodingOrOffset === "string" ? encodingOrOffset : undefined)));
	if (value !== null && typeof value === "object") {
		if (value instanceof ArrayBuffer || Object.prototype.toString.call(value) === "[object SharedArrayBuffer]") {
			const offset = Math.trunc(Number(encodingOrOffset)) || 0, most = value.byteLength - offset;
			if (most < 0)
				throw coded(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", '"offset" is outside of buffer bounds');
			if (length === undefined)
				return new FastBuffer(value, offset);
			length = +length;
			if (length > most)
				throw coded(RangeError, "ERR_BUFFER_OUT_OF_BOUNDS", '"length" is outside of buffer bounds');
			return new FastBuffer(value, offset, length > 0 ? length : 0);
		}
		if (value instanceof Uint8Array)
			return new FastBuffer(value);
		const inner = typeof value.valueOf === "function" && value.valueOf();
		if (inner !== null && inner !== undefined && inner !== false && inner !== value &&
			(typeof inner === "string" || typeof inner === "object"))
			return from(inner, encodingOrOffset, length);
		const made = fromObject(value);
		if (made !== undefined)
			return made;
		if (typeof value[Symbol.toPrimitive] === "function") {
			const primitive = value[Symbol.toPrimitive]("string");
			if (typeof primitive === "string")
				return from(primitive, encodingOrOffset);
		}
	}
	throw argType("first argument", EXPECTED, value);
};
Buffer.of = (...items) => new FastBuffer(items);

Buffer.copyBytesFrom = function copyBytesFrom(view, offset = 0, length) {
	if (!ArrayBuffer.isView(view) || view instanceof DataView)
		throw argType("view", "an instance of TypedArray", view);
	checkIndex("offset", offset, Number.MAX_SAFE_INTEGER);
	if (length !== undefined)
		checkIndex("length", length, Number.MAX_SAFE_INTEGER);
	const part = length === undefined ? view.subarray(offset) : view.subarray(offset, offset + length);
	return Buffer.from(new Uint8Array(part.buffer, part.byteOffset, part.byteLength));
};

Buffer.concat = function concat(list, length) {
	if (!Array.isArray(list))
		throw argType("list", "an instance of Array", list);
	list.forEach((one, i) => {
		if (!(one instanceof Uint8Array))
			throw argType(`list[${i}]`, "an instance of Buffer or Uint8Array", one);
	});
	if (length === undefined)
		length = list.reduce((sum, one) => sum + one.length, 0);
	if (list.length === 0)
		return new FastBuffer(0);
	checkIndex("length", length);
	const out = new FastBuffer(length);
	let at = 0;
	for (const one of list) {
		if (at >= length)
			break;
		const part = at + one.length > length ? one.subarray(0, length - at) : one;
		out.set(part, at);
		at += part.length;
	}
	return out;
};

Buffer.isBuffer = (value) => value instanceof Buffer;
Buffer.isEncoding = (encoding) => typeof encoding === "string" && encoding !== "" && encodingName(encoding) !== undefined;
// For most texts, without a call of C.
function isShortAscii(text) {
	if (text.length > 256)
		return false;
	for (let i = 0; i < text.length; i++)
		if (text.charCodeAt(i) > 0x7f)
			return false;
	return true;
}

Buffer.byteLength = function byteLength(value, encoding) {
	if (typeof value !== "string") {
		if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer)
			return value.byteLength;
		throw argType("string", "of type string or an instance of Buffer or ArrayBuffer", value);
	}
	const name = encoding === undefined ? "utf8" : encodingName(encoding) ?? "utf8";
	switch (name) {
	case "utf8":
		return isShortAscii(value) ? value.length : native.utf8Length(value);
	case "utf16le":
		return value.length * 2;
	case "hex":
		return value.length >>> 1;
	case "base64":
	case "base64url": {
		const n = value.replace(/==?$/, "").length;
		return n * 3 >>> 2;
	}
	default:
		return value.length;
	}
};
Buffer.poolSize = 8192;

function compareBytes(a, b) {
	const n = Math.min(a.length, b.length);
	for (let i = 0; i < n; i++)
		if (a[i] !== b[i])
			return a[i] < b[i] ? -1 : 1;
	return a.length === b.length ? 0 : a.length < b.length ? -1 : 1;
}

Buffer.compare = function compare(a, b) {
	if (!(a instanceof Uint8Array))
		throw argType("buf1", "an instance of Buffer or Uint8Array", a);
	if (!(b instanceof Uint8Array))
		throw argType("buf2", "an instance of Buffer or Uint8Array", b);
	return compareBytes(a, b);
};

// methods ------------------------------------------------------------------------------

function clamp(value, most, fallback) {
	if (value === undefined)
		return fallback;
	value = Math.trunc(value) || 0;
	return value < 0 ? 0 : value > most ? most : value;
}

// A number of any kind as an integer; what is none is nothing.
function whole(value, fallback) {
	if (value === undefined)
		return fallback;
	return Math.trunc(Number(value)) || 0;
}

const methods = {
	toString(encoding, start, end) {
		if (arguments.length === 0)
			return native.utf8Decode(this, 0, this.length);
		return decode(this, encodingGiven(encoding), clamp(start, this.length, 0), clamp(end, this.length, this.length));
	},
	equals(other) {
		if (!(other instanceof Uint8Array))
			throw argType("otherBuffer", "an instance of Buffer or Uint8Array", other);
		return this === other || (this.length === other.length && compareBytes(this, other) === 0);
	},
	compare(target, targetStart = 0, targetEnd, start = 0, end = this.length) {
		if (!(target instanceof Uint8Array))
			throw argType("target", "an instance of Buffer or Uint8Array", target);
		targetEnd ??= target.length;
		checkIndex("targetStart", targetStart);
		checkIndex("targetEnd", targetEnd, target.length);
		checkIndex("sourceStart", start);
		checkIndex("sourceEnd", end, this.length);
		if (start >= end)
			return targetStart >= targetEnd ? 0 : -1;
		if (targetStart >= targetEnd)
			return 1;
		return compareBytes(this.subarray(start, end), target.subarray(targetStart, targetEnd));
	},
	write(text, offset, length, encoding) {
		if (typeof text !== "string")
			throw coded(TypeError, "ERR_INVALID_ARG_TYPE", "argument must be a string");
		if (typeof offset === "string") {
			encoding = offset;
			offset = length = undefined;
		} else if (typeof length === "string") {
			encoding = length;
			length = undefined;
		}
		if (offset === undefined)
			offset = 0;
		else
			checkIndex("offset", offset, this.length);
		if (length !== undefined)
			checkIndex("length", length, this.length);
		const room = Math.min(length ?? Infinity, this.length - offset);
		const name = encodingOf(encoding);
		let bytes = encode(text, name);
		if (bytes.length > room) {
			let n = room;
			if (name === "utf8")
				while (n > 0 && (bytes[n] & 0xc0) === 0x80)
					n--;
			else if (name === "utf16le")
				n -= n % 2;
			bytes = bytes.subarray(0, n);
		}
		this.set(bytes, offset);
		return bytes.length;
	},
	toJSON() {
		return { type: "Buffer", data: Array.from(this) };
	},
	copy(target, targetStart, start, end) {
		if (!(target instanceof Uint8Array))
			throw argType("target", "an instance of Buffer or Uint8Array", target);
		targetStart = whole(targetStart, 0);
		start = whole(start, 0);
		end = whole(end, this.length);
		if (targetStart < 0)
			throw outOfRange("targetStart", ">= 0", targetStart);
		if (start < 0 || start > this.length)
			throw outOfRange("sourceStart", `>= 0 && <= ${this.length}`, start);
		if (end < 0)
			throw outOfRange("sourceEnd", ">= 0", end);
		if (targetStart >= target.length || start >= end)
			return 0;
		const part = this.subarray(start, Math.min(end, start + target.length - targetStart));
		target.set(part, targetStart);
		return part.length;
	},
	slice(start, end) {
		return this.subarray(start, end);
	},
	subarray(start, end) {
		const bytes = Uint8Array.prototype.subarray.call(this, start, end);
		return bytes instanceof FastBuffer ? bytes : wrap(bytes);
	},
	fill(value, offset, end, encoding) {
		if (typeof offset === "string") {
			encoding = offset;
			offset = end = undefined;
		} else if (typeof end === "string") {
			encoding = end;
			end = undefined;
		}
		if (offset !== undefined)
			checkIndex("offset", offset);
		if (offset !== undefined && end !== undefined)
			checkIndex("end", end, this.length);
		offset ??= 0;
		end ??= this.length;
		if (typeof value === "string") {
			if (encoding !== undefined && typeof encoding !== "string")
				throw argType("encoding", "of type string", encoding);
			const bytes = encode(value, encodingOf(encoding));
			if (bytes.length === 0 && value !== "")
				throw argValue("value", value);
			value = bytes.length === 0 ? 0 : bytes;
		}
		if (!(value instanceof Uint8Array))
			return offset >= end ? this : Uint8Array.prototype.fill.call(this, value & 255, offset, end);
		if (value.length === 0)
			throw argValue("value", value);
		for (let i = offset; i < end; i++)
			this[i] = value[(i - offset) % value.length];
		return this;
	},
	indexOf(value, offset, encoding) {
		return find(this, value, offset, encoding, true);
	},
	lastIndexOf(value, offset, encoding) {
		return find(this, value, offset, encoding, false);
	},
	includes(value, offset, encoding) {
		return find(this, value, offset, encoding, true) >= 0;
	},
	swap16() {
		return swap(this, 2);
	},
	swap32() {
		return swap(this, 4);
	},
	swap64() {
		return swap(this, 8);
	},
	toLocaleString(...args) {
		return this.toString(...args);
	},
	[customInspect](depth, options) {
		const most = inspectMost, hex = decode(this, "hex", 0, Math.min(most, this.length)).replace(/(..)(?!$)/g, "$1 ");
		const left = this.length - most;
		let text = hex + (left > 0 ? ` ... ${left} more byte${left > 1 ? "s" : ""}` : "");
		const { inspect } = require("inspect");
		const extra = Object.keys(this).filter((key) => !/^\d+$/.test(key));
		for (const key of extra)
			text += `, ${key}: ${inspect(this[key], options)}`;
		return `<${this.constructor === Buffer ? "Buffer" : this.constructor.name} ${text}>`;
	},
};

function swap(buffer, size) {
	if (buffer.length % size !== 0)
		throw coded(RangeError, "ERR_INVALID_BUFFER_SIZE", `Buffer size must be a multiple of ${size * 8}-bits`);
	for (let i = 0; i < buffer.length; i += size)
		buffer.subarray(i, i + size).reverse();
	return buffer;
}

function find(buffer, value, offset, encoding, forward) {
	if (typeof offset === "string") {
		encoding = offset;
		offset = undefined;
	}
	offset = Number(offset);
	if (Number.isNaN(offset))
		offset = forward ? 0 : buffer.length;
	offset = Math.trunc(offset);
	if (offset < 0)
		offset += buffer.length;
	let step = 1;
	if (typeof value === "number") {
		value = [value & 255];
	} else if (typeof value === "string") {
		const name = encodingGiven(encoding);
		value = encode(value, name);
		step = name === "utf16le" ? 2 : 1;
	} else if (!(value instanceof Uint8Array)) {
		throw argType("value", "one of type number or string or an instance of Buffer or Uint8Array", value);
	}
	if (value.length === 0)
		return Math.max(0, Math.min(offset, buffer.length));
	if (offset < 0 && !forward)
		return -1;
	offset = Math.max(offset, 0);
	const last = buffer.length - value.length;
	if (step === 2)
		offset -= offset % 2; // its characters begin at even places only
	const matches = (at) => {
		for (let i = 0; i < value.length; i++)
			if (buffer[at + i] !== value[i])
				return false;
		return true;
	};
	if (forward) {
		for (let at = offset; at <= last; at += step)
			if (buffer[at] === value[0] && matches(at))
				return at;
	} else {
		for (let at = Math.min(offset, last); at >= 0; at -= step)
			if (matches(at))
				return at;
	}
	return -1;
}

function define(name, value) {
	Object.defineProperty(Buffer.prototype, name, { configurable: true, writable: true, value });
}

for (const key of Reflect.ownKeys(methods))
	define(key, methods[key]);
require("buffer/numbers").offer(Buffer.prototype);

for (const [name, encoding] of [["utf8", "utf8"], ["hex", "hex"], ["latin1", "latin1"], ["ascii", "ascii"],
	["base64", "base64"], ["base64url", "base64url"], ["ucs2", "utf16le"], ["utf16le", "utf16le"]]) {
	define(`${name}Slice`, function (start, end) {
		return this.toString(encoding, start, end);
	});
	define(`${name}Write`, function (text, offset, length) {
		return this.write(text, offset, length, encoding);
	});
}
for (const [name, get] of [["parent", "buffer"], ["offset", "byteOffset"]])
	Object.defineProperty(Buffer.prototype, name, { configurable: true, enumerable: true, get() {
		return this[get];
	} });

// The way to Buffer.allocUnsafeSlow before there was that.
function SlowBuffer(size) {
	return Buffer.allocUnsafeSlow(size);
}
Object.setPrototypeOf(SlowBuffer, Uint8Array);
Object.setPrototypeOf(SlowBuffer.prototype, Uint8Array.prototype);

module.exports = { Buffer, SlowBuffer, kMaxLength: MAX_LENGTH, kStringMaxLength: 2 ** 29 - 24,
	constants: { MAX_LENGTH, MAX_STRING_LENGTH: MAX_STRING }, atob, btoa };
Object.defineProperty(module.exports, "INSPECT_MAX_BYTES", { configurable: true, enumerable: true, get: () => inspectMost,
	set(value) {
		if (typeof value !== "number")
			throw argType("INSPECT_MAX_BYTES", "of type number", value);
		if (!(value >= 0))
			throw outOfRange("INSPECT_MAX_BYTES", ">= 0", value);
		inspectMost = value;
	} });

// Few scripts ask for these: their files are read when one does.
for (const [name, from] of [["Blob", "buffer/blob"], ["File", "buffer/blob"], ["transcode", "buffer/transcode"],
	["isUtf8", "buffer/transcode"], ["isAscii", "buffer/transcode"]])
	lazily(module.exports, name, () => require(from)[name]);
