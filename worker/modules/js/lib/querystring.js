// querystring: the legacy encoding of queries.
"use strict";

const HEX = /^[0-9a-fA-F]{2}$/;

function unescapeBuffer(text) {
	const bytes = Buffer.from(text), out = Buffer.alloc(bytes.length);
	let n = 0;
	for (let i = 0; i < bytes.length; i++) {
		const pair = bytes[i] === 37 ? bytes.latin1Slice(i + 1, i + 3) : "";
		if (HEX.test(pair)) {
			out[n++] = parseInt(pair, 16);
			i += 2;
		} else {
			out[n++] = bytes[i];
		}
	}
	return out.subarray(0, n);
}

function unescape(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return unescapeBuffer(text).toString();
	}
}

function escape(value) {
	const text = typeof value === "object" && value !== null ? String(value) : `${value}`;
	try {
		return encodeURIComponent(text);
	} catch {
		throw require("errors").coded(URIError, "ERR_INVALID_URI", "URI malformed");
	}
}

function plain(value) {
	switch (typeof value) {
	case "string":
		return value;
	case "number":
		return Number.isFinite(value) ? `${value}` : "";
	case "bigint":
	case "boolean":
		return `${value}`;
	default:
		return "";
	}
}

function stringify(object, separator = "&", equals = "=", options = {}) {
	if (object === null || typeof object !== "object")
		return "";
	const encode = options && typeof options.encodeURIComponent === "function" ? options.encodeURIComponent : module.exports.escape;
	const pair = (key, value) => `${encode(plain(key))}${equals || "="}${encode(plain(value))}`;
	return Object.keys(object).flatMap((key) => Array.isArray(object[key]) ? object[key].map((one) => pair(key, one))
		: [pair(key, object[key])]).join(separator || "&");
}

function parse(text, separator = "&", equals = "=", options = {}) {
	const out = Object.create(null);
	if (typeof text !== "string" || text === "")
		return out;
	separator ||= "&";
	equals ||= "=";
	const decode = options && typeof options.decodeURIComponent === "function" ? options.decodeURIComponent : module.exports.unescape;
	const most = options && typeof options.maxKeys === "number" ? options.maxKeys : 1000;
	const decoded = (part) => {
		part = part.replace(/\+/g, " ");
		if (!part.includes("%") && decode === module.exports.unescape)
			return part;
		try {
			return decode(part);
		} catch {
			return unescape(part);
		}
	};
	let pairs = text.split(separator);
	if (most > 0)
		pairs = pairs.slice(0, most);
	for (const pair of pairs) {
		if (pair === "")
			continue;
		const at = pair.indexOf(equals);
		const key = decoded(at < 0 ? pair : pair.slice(0, at)), value = at < 0 ? "" : decoded(pair.slice(at + equals.length));
		if (out[key] === undefined)
			out[key] = value;
		else if (Array.isArray(out[key]))
			out[key].push(value);
		else
			out[key] = [out[key], value];
	}
	return out;
}

module.exports = { unescapeBuffer, unescape, escape, stringify, encode: stringify, parse, decode: parse };
