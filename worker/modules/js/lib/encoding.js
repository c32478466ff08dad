// TextEncoder and TextDecoder, of UTF-8, UTF-16LE and Latin-1.
"use strict";

const { coded } = require("errors");

class TextEncoder {
	get encoding() {
		return "utf-8";
	}

	encode(text = "") {
		return new Uint8Array(native.utf8Encode(String(text)));
	}

	encodeInto(text, target) {
		let read = 0, written = 0;
		for (const character of String(text)) {
			const bytes = new Uint8Array(native.utf8Encode(character));
			if (written + bytes.length > target.length)
				break;
			target.set(bytes, written);
			written += bytes.length;
			read += character.length;
		}
		return { read, written };
	}
}

const LABELS = { "utf-8": "utf-8", utf8: "utf-8", "unicode-1-1-utf-8": "utf-8", "utf-16le": "utf-16le", "utf-16": "utf-16le",
	latin1: "windows-1252", ascii: "windows-1252", "iso-8859-1": "windows-1252", "us-ascii": "windows-1252" };

class TextDecoder {
	#decoder;
	#started = false;

	constructor(label = "utf-8", options = {}) {
		const name = LABELS[String(label).trim().toLowerCase()];
		if (name === undefined)
			throw coded(RangeError, "ERR_ENCODING_NOT_SUPPORTED", `The "${label}" encoding is not supported`);
		Object.defineProperties(this, { encoding: { value: name, enumerable: true }, fatal: { value: !!options.fatal, enumerable: true },
			ignoreBOM: { value: !!options.ignoreBOM, enumerable: true } });
	}

	decode(bytes = new Uint8Array(0), options = {}) {
		const { StringDecoder } = require("string_decoder");
		const buffer = bytes instanceof ArrayBuffer ? Buffer.from(bytes)
			: Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
		this.#decoder ??= new StringDecoder({ "utf-8": "utf8", "utf-16le": "utf16le", "windows-1252": "latin1" }[this.encoding]);
		let text = this.#decoder.write(buffer);
		if (!options.stream) {
			text += this.#decoder.end();
			this.#decoder = undefined;
		}
		if (this.fatal && this.encoding === "utf-8" && text.includes("\ufffd") && !hasReplacement(buffer))
			throw coded(TypeError, "ERR_ENCODING_INVALID_ENCODED_DATA", "The encoded data was not valid for encoding utf-8");
		if (!this.#started && !this.ignoreBOM && text.charCodeAt(0) === 0xfeff)
			text = text.slice(1);
		this.#started = !!options.stream;
		return text;
	}
}

const hasReplacement = (buffer) => buffer.includes(Buffer.from([0xef, 0xbf, 0xbd]));

module.exports = { TextEncoder, TextDecoder };
