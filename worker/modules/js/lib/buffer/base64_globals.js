// atob and btoa: what the web has in place of Buffer's base64.
"use strict";

const { coded } = require("errors");
const { encode, decode } = require("buffer/encodings");

function needOne(args, name) {
	if (args.length === 0)
		throw coded(TypeError, "ERR_MISSING_ARGS", `The "${name}" argument must be specified`);
}

function atob(text) {
	needOne(arguments, "input");
	text = String(text).replace(/[\t\n\f\r ]/g, "");
	if (text.length % 4 === 0)
		text = text.replace(/==?$/, "");
	if (text.length % 4 === 1 || /[^A-Za-z0-9+/]/.test(text)) {
		const { DOMException } = require("abort");
		throw new DOMException("The string to be decoded is not correctly encoded.", "InvalidCharacterError");
	}
	return decode(encode(text, "base64"), "latin1", 0, Infinity);
}

function btoa(text) {
	needOne(arguments, "input");
	text = String(text);
	if (/[^\0-\xff]/.test(text)) {
		const { DOMException } = require("abort");
		throw new DOMException("Invalid character", "InvalidCharacterError");
	}
	return decode(encode(text, "latin1"), "base64", 0, text.length);
}

module.exports = { atob, btoa };
