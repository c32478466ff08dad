// TextEncoder and TextDecoder, of UTF-8, UTF-16LE and Latin-1.
"use strict";

const { argType, coded } = require("errors");
const { StringDecoder } = require("string_decoder");
const { invalidThis } = require("event_target");

const inspectCustom = Symbol.for("nodejs.util.inspect.custom");

class TextEncoder {
	get encoding() {
		return "utf-8";
	}

	encode(text = "") {
		return new Uint8Array(native.utf8Encode(`${text}`));
	}

	encodeInto(text, target) {
		if (typeof text !== "string")
			throw argType("src", "of type string", text);
		if (!(target instanceof Uint8Array))
			throw argType("dest", "an instance of Uint8Array", target);
		const bytes = new Uint8Array(native.utf8Encode(text));
		if (bytes.length <= target.length) {
			target.set(bytes);
			return { read: text.length, written: bytes.length };
		}
		let read = 0, written = 0;
		for (const character of text) {
			const code = character.codePointAt(0), size = code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
			if (written + size > target.length)
				break;
			written += size;
			read += character.length;
		}
		target.set(bytes.subarray(0, written));
		return { read, written };
	}
}

// The labels of the Encoding Standard for what there is.
const LABELS = Object.create(null);
for (const [name, labels] of [["utf-8", "unicode-1-1-utf-8 unicode11utf8 unicode20utf8 utf-8 utf8 x-unicode20utf8"],
	["utf-16le", "csunicode iso-10646-ucs-2 ucs-2 unicode unicodefeff utf-16 utf-16le"],
	["windows-1252", "ansi_x3.4-1968 ascii cp1252 cp819 csisolatin1 ibm819 iso-8859-1 iso-ir-100 iso8859-1 iso88591 " +
		"iso_8859-1 iso_8859-1:1987 l1 latin1 us-ascii windows-1252 x-cp1252"]])
	for (const label of labels.split(" "))
		LABELS[label] = name;
const DECODERS = { "utf-8": "utf8", "utf-16le": "utf16le", "windows-1252": "latin1" };

function bytesOf(input) {
	if (input instanceof ArrayBuffer || Object.prototype.toString.call(input) === "[object SharedArrayBuffer]")
		return Buffer.from(input);
	if (ArrayBuffer.isView(input))
		return Buffer.from(input.buffer, input.byteOffset, input.byteLength);
	throw argType("list", "an instance of SharedArrayBuffer, ArrayBuffer or ArrayBufferView", input);
}

// Whether decoding has put a U+FFFD somewhere: their number is that of the bytes' own otherwise.
function isBroken(text, bytes) {
	let n = 0;
	for (let at = text.indexOf("\ufffd"); at >= 0; at = text.indexOf("\ufffd", at + 1))
		n++;
	for (let at = bytes.indexOf("\ufffd"); at >= 0 && n > 0; at = bytes.indexOf("\ufffd", at + 3))
		n--;
	return n > 0;
}

class TextDecoder {
	#decoder;
	#encoding;
	#fatal;
	#ignoreBOM;
	#begun = false; // the mark has been looked for
	#rest = Buffer.alloc(0); // of a stream, for `fatal`

	constructor(label = "utf-8", options = {}) {
		this.#encoding = LABELS[`${label}`.trim().toLowerCase()];
		if (this.#encoding === undefined)
			throw coded(RangeError, "ERR_ENCODING_NOT_SUPPORTED", `The "${label}" encoding is not supported`);
		if (options !== null && typeof options !== "object" && typeof options !== "function")
			throw argType("options", "of type object", options);
		this.#fatal = !!options?.fatal;
		this.#ignoreBOM = !!options?.ignoreBOM;
	}

	static #of(decoder) {
		if (decoder === null || typeof decoder !== "object" || !(#encoding in decoder))
			throw invalidThis("TextDecoder");
		return decoder;
	}

	get encoding() {
		return TextDecoder.#of(this).#encoding;
	}

	get fatal() {
		return TextDecoder.#of(this).#fatal;
	}

	get ignoreBOM() {
		return TextDecoder.#of(this).#ignoreBOM;
	}

	decode(input = new Uint8Array(0), options = {}) {
		TextDecoder.#of(this);
		const bytes = bytesOf(input), stream = !!options?.stream;
		this.#decoder ??= new StringDecoder(DECODERS[this.#encoding]);
		let text = this.#decoder.write(bytes);
		if (!stream) {
			text += this.#decoder.end();
			this.#decoder = undefined;
		}
		if (this.#fatal && this.#encoding === "utf-8")
			this.#check(text, bytes, stream);
		if (this.#encoding === "windows-1252")
			return text;
		if (!this.#begun && text !== "") {
			if (!this.#ignoreBOM && text.charCodeAt(0) === 0xfeff)
				text = text.slice(1);
			this.#begun = true;
		}
		if (!stream)
			this.#begun = false;
		return text;
	}

	#check(text, bytes, stream) {
		const all = this.#rest.length > 0 ? Buffer.concat([this.#rest, bytes]) : bytes;
		const broken = isBroken(text, all);
		this.#rest = stream && !broken ? Buffer.from(all.subarray(Math.max(0, all.length - 3))) : Buffer.alloc(0);
		if (this.#rest.length > 0)
			this.#rest = this.#rest.subarray(this.#rest.length - unfinishedBytes(this.#rest));
		if (!broken)
			return;
		this.#decoder = undefined;
		this.#begun = false;
		throw coded(TypeError, "ERR_ENCODING_INVALID_ENCODED_DATA",
			"The encoded data was not valid for encoding utf-8");
	}

	[inspectCustom](depth, options, inspect) {
		return `TextDecoder ${inspect({ encoding: this.#encoding, fatal: this.#fatal, ignoreBOM: this.#ignoreBOM }, options)}`;
	}
}

// How many bytes at the end begin a character.
function unfinishedBytes(bytes) {
	const probe = new StringDecoder("utf8");
	probe.write(bytes);
	return probe.lastTotal - probe.lastNeed;
}

for (const [constructor, names] of [[TextEncoder, ["encode", "encodeInto", "encoding"]], [TextDecoder, ["decode", "encoding", "fatal", "ignoreBOM"]]]) {
	for (const name of names)
		Object.defineProperty(constructor.prototype, name, { enumerable: true });
	Object.defineProperty(constructor.prototype, Symbol.toStringTag, { configurable: true, value: constructor.name });
}

module.exports = { TextEncoder, TextDecoder };
