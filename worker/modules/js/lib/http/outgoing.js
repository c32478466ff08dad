// A message that goes out: what a server's response and a client's request share, which is their header
// fields. They are kept as one array, [name in lower case, name, value, …]: a message has few.
"use strict";

const { Stream } = require("stream");
const { argType, coded } = require("errors");

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;
const NAMES_KEPT = 1024;

const lowered = new Map(); // names that have been found right, and their lower case

function checkName(name, label) {
	if (typeof name !== "string" || !TOKEN.test(name))
		throw coded(TypeError, "ERR_INVALID_HTTP_TOKEN", `${label || "Header name"} must be a valid HTTP token ["${name}"]`);
}

function lower(name) {
	const known = lowered.get(name);
	if (known !== undefined)
		return known;
	checkName(name);
	const made = name.toLowerCase();
	if (lowered.size < NAMES_KEPT)
		lowered.set(name, made);
	return made;
}

function checkValue(name, value, what = "header content") {
	if (typeof value === "string") {
		if (!BAD_VALUE.test(value))
			return;
	} else if (value === undefined) {
		throw coded(TypeError, "ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "${value}" for header "${name}"`);
	} else if (!(Array.isArray(value) ? value : [value]).some((one) => BAD_VALUE.test(String(one)))) {
		return;
	}
	throw coded(TypeError, "ERR_INVALID_CHAR", `Invalid character in ${what} ["${name}"]`);
}

// A value as it goes out. One that is no text may say something else than when it was set, and an array may have got
// more: so it is looked at now, for C takes a NUL for the value's end.
function textOf(name, value, what) {
	const text = `${value}`;
	checkValue(name, text, what);
	return text;
}

function sent(what) {
	return coded(Error, "ERR_HTTP_HEADERS_SENT", `Cannot ${what} headers after they are sent to the client`);
}

function checkString(name) {
	if (typeof name !== "string")
		throw argType("name", "of type string", name);
}

function OutgoingMessage(options) {
	Stream.call(this, options);
	this.fields_ = undefined;
	this.headSent_ = false;
}
Object.setPrototypeOf(OutgoingMessage.prototype, Stream.prototype);
Object.setPrototypeOf(OutgoingMessage, Stream);

function find(fields, name) {
	for (let i = 0; fields !== undefined && i < fields.length; i += 3)
		if (fields[i] === name)
			return i;
	return -1;
}

function put(message, key, name, value) {
	const fields = message.fields_ ??= [], i = find(fields, key);
	if (i < 0) {
		fields.push(key, name, value);
	} else {
		fields[i + 1] = name;
		fields[i + 2] = value;
	}
}

// Those that getHeader and its kin know: not what writeHead alone was given.
function known(message) {
	return message.raw_ ? undefined : message.fields_;
}

Object.assign(OutgoingMessage.prototype, {
	setHeader(name, value) {
		if (this.headSent_)
			throw sent("set");
		const key = lower(name);
		checkValue(name, value);
		put(this, key, name, value);
		return this;
	},

	setHeaders(headers) {
		if (this.headSent_)
			throw sent("set");
		if (!headers || Array.isArray(headers) || typeof headers.keys !== "function" || typeof headers.get !== "function")
			throw argType("headers", "an instance of Headers or Map", headers);
		for (const [name, value] of headers)
			this.setHeader(name, value);
		return this;
	},

	appendHeader(name, value) {
		if (this.headSent_)
			throw sent("append");
		const key = lower(name), i = find(this.fields_, key);
		checkValue(name, value);
		if (i < 0)
			put(this, key, name, value);
		else
			this.fields_[i + 2] = [].concat(this.fields_[i + 2], value);
		return this;
	},

	getHeader(name) {
		checkString(name);
		const i = find(known(this), name.toLowerCase());
		return i < 0 ? undefined : this.fields_[i + 2];
	},

	hasHeader(name) {
		checkString(name);
		return find(known(this), name.toLowerCase()) >= 0;
	},

	removeHeader(name) {
		checkString(name);
		if (this.headSent_)
			throw sent("remove");
		const i = find(this.fields_, name.toLowerCase());
		if (i >= 0)
			this.fields_.splice(i, 3);
	},

	getHeaderNames() {
		return (known(this) ?? []).filter((one, i) => i % 3 === 0);
	},

	getRawHeaderNames() {
		return (known(this) ?? []).filter((one, i) => i % 3 === 1);
	},

	getHeaders() {
		const out = Object.create(null), fields = known(this) ?? [];
		for (let i = 0; i < fields.length; i += 3)
			out[fields[i]] = fields[i + 2];
		return out;
	},

	pipe() {
		this.emit("error", coded(Error, "ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
	},
});
Object.defineProperty(OutgoingMessage.prototype, "headersSent", { configurable: true, enumerable: true, get() {
	return this.headSent_;
} });

// The fields of an object, or of a flat list, as they are kept: nothing is joined.
function headersOf(headers, flat) {
	const fields = [];
	if (flat) {
		for (let i = 0; i < headers.length; i += 2)
			append(fields, headers[i], headers[i + 1]);
	} else {
		for (const name in headers)
			if (Object.hasOwn(headers, name))
				append(fields, name, headers[name]);
	}
	return fields;
}

function append(fields, name, value) {
	const key = lower(name);
	checkValue(name, value);
	fields.push(key, name, value);
}

// A piece of a body: text that is UTF-8 stays text, all else is bytes.
function asBytes(piece, encoding) {
	if (typeof piece === "string")
		return encoding === undefined || encoding === null || /^utf-?8$/i.test(encoding) ? piece : Buffer.from(piece, encoding);
	if (!(piece instanceof Uint8Array))
		throw argType("chunk", "of type string or an instance of Buffer or Uint8Array", piece);
	return piece;
}

module.exports = { OutgoingMessage, checkName, checkValue, textOf, sent, asBytes, headersOf };
