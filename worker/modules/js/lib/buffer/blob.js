// Blob and File: bytes that do not change, with a type. Their streams would be the web's, which are not offered.
"use strict";

const { argType, argValue, coded } = require("errors");

const PRINTABLE = /^[\x20-\x7e]*$/;
const customInspect = Symbol.for("nodejs.util.inspect.custom");

function partBytes(part, endings) {
	if (part instanceof Blob)
		return Blob.bytes_(part);
	if (part instanceof ArrayBuffer)
		return new Uint8Array(part.slice());
	if (ArrayBuffer.isView(part))
		return new Uint8Array(part.buffer, part.byteOffset, part.byteLength).slice();
	const text = `${part}`;
	return new TextEncoder().encode(endings === "native" ? text.replaceAll("\r\n", "\n") : text);
}

function joined(parts) {
	const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
	let at = 0;
	for (const part of parts) {
		bytes.set(part, at);
		at += part.length;
	}
	return bytes;
}

function typeOf(type) {
	const text = `${type}`;
	return PRINTABLE.test(text) ? text.toLowerCase() : "";
}

// A place in `size` bytes, from the end if it is below 0.
function place(value, size, fallback) {
	if (value === undefined)
		return fallback;
	const n = Math.trunc(Number(value)) || 0;
	return n < 0 ? Math.max(size + n, 0) : Math.min(n, size);
}

class Blob {
	#bytes;
	#type;

	static bytes_(blob) {
		if (blob === null || typeof blob !== "object" || !(#bytes in blob))
			throw coded(TypeError, "ERR_INVALID_THIS", 'Value of "this" must be of type Blob');
		return blob.#bytes;
	}

	constructor(sources = [], options = {}) {
		if (sources === null || typeof sources !== "object" || typeof sources[Symbol.iterator] !== "function")
			throw argType("sources", "a sequence", sources);
		if (options !== null && typeof options !== "object" && typeof options !== "function")
			throw argType("options", "a dictionary", options);
		const { type = "", endings = "transparent" } = options ?? {};
		if (endings !== "transparent" && endings !== "native")
			throw argValue("options.endings", endings);
		this.#bytes = joined(Array.from(sources, (part) => partBytes(part, endings)));
		this.#type = typeOf(type);
	}

	get type() {
		Blob.bytes_(this);
		return this.#type;
	}

	get size() {
		return Blob.bytes_(this).length;
	}

	slice(start, end, type = "") {
		const bytes = Blob.bytes_(this), n = bytes.length;
		const part = new Blob([], { type });
		part.#bytes = bytes.subarray(place(start, n, 0), Math.max(place(end, n, n), place(start, n, 0)));
		return part;
	}

	async arrayBuffer() {
		const bytes = Blob.bytes_(this);
		return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
	}

	async text() {
		return new TextDecoder().decode(Blob.bytes_(this));
	}

	async bytes() {
		return Blob.bytes_(this).slice();
	}

	stream() {
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "blob.stream(): eddy has no ReadableStream. For a stream of Node's: " +
			"stream.Readable.from([await blob.bytes()])");
	}

	[customInspect](depth, options, inspect) {
		const { size, type, name, lastModified } = this;
		const shown = name === undefined ? { size, type } : { size, type, name, lastModified };
		return `${this.constructor.name} ${inspect(shown, options)}`;
	}
}
for (const name of ["type", "size", "slice", "arrayBuffer", "text", "bytes", "stream"])
	Object.defineProperty(Blob.prototype, name, { enumerable: true });
Object.defineProperty(Blob.prototype, Symbol.toStringTag, { configurable: true, value: "Blob" });
Object.defineProperty(Blob, "bytes_", { enumerable: false });

class File extends Blob {
	#name;
	#lastModified;

	constructor(sources, name, options = {}) {
		if (arguments.length < 2)
			throw coded(TypeError, "ERR_MISSING_ARGS", 'The "fileBits" and "fileName" arguments must be specified');
		super(sources, options);
		this.#name = `${name}`.toWellFormed();
		this.#lastModified = options?.lastModified === undefined ? Date.now() : Math.trunc(Number(options.lastModified)) || 0;
	}

	get name() {
		return this.#name;
	}

	get lastModified() {
		return this.#lastModified;
	}
}
for (const name of ["name", "lastModified"])
	Object.defineProperty(File.prototype, name, { enumerable: true });
Object.defineProperty(File.prototype, Symbol.toStringTag, { configurable: true, value: "File" });

module.exports = { Blob, File };
