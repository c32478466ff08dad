// string_decoder: text of pieces, whose characters may be cut anywhere.
"use strict";

const { argType, coded } = require("errors");

// How many bytes at the end of `bytes` begin a character of UTF-8 that is not whole.
function unfinished(bytes) {
	const n = bytes.length;
	for (let back = 1; back <= Math.min(3, n); back++) {
		const byte = bytes[n - back];
		if ((byte & 0xc0) === 0x80)
			continue;
		const size = byte >= 0xf0 && byte < 0xf5 ? 4 : byte >= 0xe0 ? 3 : byte >= 0xc2 ? 2 : 1;
		return byte < 0xf5 && size > back ? back : 0;
	}
	return 0;
}

class StringDecoder {
	#rest = Buffer.alloc(0);

	constructor(encoding) {
		if (encoding !== undefined && encoding !== null && !Buffer.isEncoding(encoding))
			throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
		const name = String(encoding ?? "utf8").toLowerCase();
		this.encoding = { "utf-8": "utf8", binary: "latin1", ucs2: "utf16le", "ucs-2": "utf16le", "utf-16le": "utf16le" }[name] ?? name;
	}

	write(piece) {
		if (typeof piece === "string")
			return piece;
		if (!ArrayBuffer.isView(piece))
			throw argType("buf", "an instance of Buffer, TypedArray, or DataView", piece);
		let bytes = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
		if (this.#rest.length > 0)
			bytes = Buffer.concat([this.#rest, bytes]);
		let keep = 0;
		if (this.encoding === "utf8") {
			keep = unfinished(bytes);
		} else if (this.encoding === "utf16le") {
			keep = bytes.length % 2;
			const last = bytes.length - keep;
			if (last >= 2 && (bytes[last - 1] & 0xfc) === 0xd8)
				keep += 2;
		} else if (this.encoding === "base64" || this.encoding === "base64url") {
			keep = bytes.length % 3;
		}
		const end = bytes.length - keep;
		this.#rest = Buffer.from(bytes.subarray(end));
		return bytes.toString(this.encoding, 0, end);
	}

	end(piece) {
		const text = piece === undefined ? "" : this.write(piece);
		const rest = this.#rest;
		this.#rest = Buffer.alloc(0);
		return rest.length === 0 ? text : text + rest.toString(this.encoding);
	}

	get lastNeed() {
		return this.#rest.length;
	}
}

module.exports = { StringDecoder };
