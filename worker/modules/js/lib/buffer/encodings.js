// Bytes of texts and texts of bytes, in the encodings that Node names.
"use strict";

const { coded } = require("errors");

const MAX_STRING = 0x1fffffe8; // characters
const PER_BYTE = { hex: 2, base64: 4 / 3, base64url: 4 / 3, utf16le: 1 / 2 }; // of them; one, where nothing is said
const BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BASE64URL = BASE64.slice(0, 62) + "-_";
const CODES = new Map([...BASE64].map((letter, i) => [letter.charCodeAt(0), i]));
CODES.set(45, 62);
CODES.set(95, 63);
const HEX = Array.from({ length: 256 }, (_, i) => i.toString(16).padStart(2, "0"));

const NAMES = { __proto__: null, utf8: "utf8", "utf-8": "utf8", hex: "hex", base64: "base64", base64url: "base64url",
	latin1: "latin1", binary: "latin1", ascii: "ascii", utf16le: "utf16le", "utf-16le": "utf16le", ucs2: "utf16le", "ucs-2": "utf16le" };

function encodingName(encoding) {
	if (encoding === undefined || encoding === null || encoding === "")
		return "utf8";
	return NAMES[encoding] ?? NAMES[String(encoding).toLowerCase()];
}

function encodingOf(encoding) {
	const name = encodingName(encoding);
	if (name === undefined)
		throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
	return name;
}

// What a method of Buffer's is given: only undefined stands for UTF-8.
function encodingGiven(encoding) {
	if (encoding === undefined)
		return "utf8";
	const name = NAMES[`${encoding}`.toLowerCase()];
	if (name === undefined)
		throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
	return name;
}

function hexDigit(code) {
	if (code >= 48 && code <= 57)
		return code - 48;
	code |= 32;
	return code >= 97 && code <= 102 ? code - 87 : -1;
}

function hexBytes(text) {
	const n = text.length >> 1, out = new Uint8Array(n);
	for (let i = 0; i < n; i++) {
		const high = hexDigit(text.charCodeAt(i * 2)), low = hexDigit(text.charCodeAt(i * 2 + 1));
		if (high < 0 || low < 0)
			return out.slice(0, i);
		out[i] = high << 4 | low;
	}
	return out;
}

function base64Bytes(text) {
	const out = new Uint8Array(Math.ceil(text.length * 3 / 4) + 3);
	let n = 0, bits = 0, have = 0;
	for (let i = 0; i < text.length; i++) {
		const code = text.charCodeAt(i);
		if (code === 61)
			break;
		const value = CODES.get(code);
		if (value === undefined)
			continue;
		bits = (bits << 6 | value) & 0xffffff;
		have += 6;
		if (have >= 8) {
			have -= 8;
			out[n++] = bits >> have & 0xff;
		}
	}
	return out.slice(0, n);
}

function encode(text, encoding) {
	switch (encoding) {
	case "utf8":
		return new Uint8Array(native.utf8Encode(text));
	case "hex":
		return hexBytes(text);
	case "base64":
	case "base64url":
		return base64Bytes(text);
	case "utf16le": {
		const out = new Uint8Array(text.length * 2);
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			out[i * 2] = code & 0xff;
			out[i * 2 + 1] = code >> 8;
		}
		return out;
	}
	default: {
		const out = new Uint8Array(text.length);
		for (let i = 0; i < text.length; i++)
			out[i] = text.charCodeAt(i);
		return out;
	}
	}
}

function base64Text(bytes, start, end, letters, pad) {
	let out = "";
	for (let i = start; i < end; i += 3) {
		const left = end - i, a = bytes[i], b = left > 1 ? bytes[i + 1] : 0, c = left > 2 ? bytes[i + 2] : 0;
		out += letters[a >> 2] + letters[(a & 3) << 4 | b >> 4];
		out += left > 1 ? letters[(b & 15) << 2 | c >> 6] : pad;
		out += left > 2 ? letters[c & 63] : pad;
	}
	return out;
}

function decode(bytes, encoding, start, end) {
	if (start >= end)
		return "";
	if ((Math.min(end, bytes.length) - start) * (PER_BYTE[encoding] ?? 1) > MAX_STRING)
		throw coded(Error, "ERR_STRING_TOO_LONG", `Cannot create a string longer than 0x${MAX_STRING.toString(16)} characters`);
	switch (encoding) {
	case "utf8":
		return native.utf8Decode(bytes, start, end);
	case "latin1":
		return native.latin1Decode(bytes, start, end);
	case "hex": {
		let out = "";
		for (let i = start; i < end; i++)
			out += HEX[bytes[i]];
		return out;
	}
	case "base64":
		return base64Text(bytes, start, end, BASE64, "=");
	case "base64url":
		return base64Text(bytes, start, end, BASE64URL, "");
	case "utf16le": {
		let out = "";
		for (let i = start; i + 1 < end; i += 2)
			out += String.fromCharCode(bytes[i] | bytes[i + 1] << 8);
		return out;
	}
	default: {
		let out = "";
		for (let i = start; i < end; i++)
			out += String.fromCharCode(bytes[i] & 0x7f);
		return out;
	}
	}
}

module.exports = { MAX_STRING, encodingName, encodingOf, encodingGiven, encode, decode };
