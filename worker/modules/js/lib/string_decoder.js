// string_decoder: text of pieces, whose characters may be cut anywhere.
"use strict";

const { argType, coded } = require("errors");

const STATE = Symbol("state"); // the bytes of a character that is not whole, and how many are missing
const WRITTEN_SO = { "utf-8": "utf8", binary: "latin1", ucs2: "utf16le", "ucs-2": "utf16le", "utf-16le": "utf16le" };

// The end of `bytes` that begins a character and is not whole: [how many bytes, how many are missing].
function unfinished(bytes, encoding) {
	const n = bytes.length, last = bytes[n - 1];
	switch (encoding) {
	case "utf8":
		return last < 0x80 ? [0, 0] : unfinishedUtf8(bytes);
	case "utf16le":
		if (n % 2 === 1)
			return [1, 1];
		return (last & 0xfc) === 0xd8 ? [2, 2] : [0, 0];
	case "base64":
	case "base64url":
		return n % 3 === 0 ? [0, 0] : [n % 3, 3 - n % 3];
	}
	return [0, 0];
}

function unfinishedUtf8(bytes) {
	for (let back = 1; back <= Math.min(4, bytes.length); back++) {
		const byte = bytes[bytes.length - back];
		if ((byte & 0xc0) === 0x80)
			continue;
		const size = (byte & 0xe0) === 0xc0 ? 2 : (byte & 0xf0) === 0xe0 ? 3 : (byte & 0xf8) === 0xf0 ? 4 : 1;
		return size > back ? [back, size - back] : [0, 0];
	}
	return [0, 0];
}

// A function, and no class: packages call it for objects of their own.
function StringDecoder(encoding) {
	if (encoding !== undefined && encoding !== null && !Buffer.isEncoding(encoding))
		throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${typeof encoding === "string" ? encoding
			: require("inspect").inspect(encoding, { depth: 0 })}`);
	const name = String(encoding ?? "utf8").toLowerCase();
	this.encoding = WRITTEN_SO[name] ?? name;
	Object.defineProperty(this, STATE, { configurable: true, writable: true, value: { rest: [], missing: 0 } });
}

// Takes what the character at the end before needs; in UTF-8 only what may go on a character.
function complete(decoder, bytes) {
	const state = decoder[STATE];
	let taken = 0;
	while (state.missing > 0 && taken < bytes.length) {
		if (decoder.encoding === "utf8" && (bytes[taken] & 0xc0) !== 0x80) {
			state.missing = 0;
			break;
		}
		state.rest.push(bytes[taken++]);
		state.missing--;
	}
	return taken;
}

function flush(decoder) {
	const state = decoder[STATE], text = Buffer.from(state.rest).toString(decoder.encoding);
	state.rest = [];
	state.missing = 0;
	return text;
}

Object.assign(StringDecoder.prototype, {
	write(piece) {
		if (typeof piece === "string")
			return piece;
		if (!ArrayBuffer.isView(piece))
			throw argType("buf", "an instance of Buffer, TypedArray, or DataView", piece);
		const state = this[STATE];
		let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength), text = "";
		if (state.missing > 0) {
			const taken = complete(this, bytes);
			if (state.missing > 0)
				return "";
			text = flush(this);
			bytes = bytes.subarray(taken);
		}
		if (bytes.length === 0)
			return text;
		const [keep, missing] = unfinished(bytes, this.encoding);
		if (keep === 0)
			return text + bytes.toString(this.encoding);
		const end = bytes.length - keep;
		state.rest = [...bytes.subarray(end)];
		state.missing = missing;
		return text + bytes.toString(this.encoding, 0, end);
	},

	// Node's older one: a new text, from there on.
	text(piece, from) {
		this[STATE].rest = [];
		this[STATE].missing = 0;
		return this.write(piece.slice(from));
	},

	end(piece) {
		const text = piece === undefined ? "" : this.write(piece);
		return this[STATE].rest.length === 0 ? text : text + flush(this);
	},
});

for (const [name, get] of Object.entries({
	lastNeed: (state) => state.missing,
	lastTotal: (state) => state.rest.length + state.missing,
	lastChar: (state) => Buffer.from([...state.rest, 0, 0, 0, 0].slice(0, 4)),
}))
	Object.defineProperty(StringDecoder.prototype, name, { configurable: true, enumerable: true, get() {
		return get(this[STATE]);
	} });

module.exports = { StringDecoder };
