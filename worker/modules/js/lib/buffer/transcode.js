// buffer.transcode, isUtf8 and isAscii: bytes from one encoding to another, and which they may be of.
"use strict";

const { argType } = require("errors");
const { encodingName, encode, decode } = require("buffer/encodings");

const TEXTS = new Set(["utf8", "utf16le", "latin1", "ascii"]);

function failure(code) {
	return Object.assign(new Error(`Unable to transcode Buffer [${code}]`), { code });
}

// What an encoding of bytes alone has no character for is a question mark.
function narrowed(text, most) {
	return text.replace(/[\ud800-\udbff][\udc00-\udfff]|[^]/g, (one) => one.length > 1 || one.charCodeAt(0) > most ? "?" : one);
}

function textOf(bytes, from) {
	return from === "ascii" ? Array.from(bytes, (byte) => byte > 0x7f ? "\ufffd" : String.fromCharCode(byte)).join("")
		: decode(bytes, from, 0, bytes.length);
}

function transcode(source, from, to) {
	if (!(source instanceof Uint8Array))
		throw argType("source", "an instance of Buffer or Uint8Array", source);
	if (source.length === 0)
		return Buffer.alloc(0);
	from = encodingName(from);
	to = encodingName(to);
	if (!TEXTS.has(from) || !TEXTS.has(to))
		throw failure("U_ILLEGAL_ARGUMENT_ERROR");
	if (from === "utf8" && to === "utf16le" && !isUtf8(source))
		throw failure("U_INVALID_CHAR_FOUND");
	if (from === to && to !== "ascii")
		return Buffer.from(source);
	const text = textOf(source, from);
	return Buffer.from(encode(to === "latin1" ? narrowed(text, 0xff) : to === "ascii" ? narrowed(text, 0x7f) : text, to));
}

function bytesOf(input) {
	if (input instanceof ArrayBuffer)
		return new Uint8Array(input);
	if (!ArrayBuffer.isView(input) || input instanceof DataView)
		throw argType("input", "an instance of ArrayBuffer, Buffer, or TypedArray", input);
	return new Uint8Array(input.buffer, input.byteOffset, input.byteLength);
}

function isUtf8(input) {
	const bytes = bytesOf(input);
	try {
		new TextDecoder("utf-8", { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}

function isAscii(input) {
	return bytesOf(input).every((byte) => byte <= 0x7f);
}

module.exports = { transcode, isUtf8, isAscii };
