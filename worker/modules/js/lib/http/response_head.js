// The head of a server's answer: its fields as C takes them, its reason phrase, and whether a body follows.
"use strict";

const { textOf, headersOf } = require("http/outgoing");
const { STATUS_CODES } = require("http/codes");
const { coded, argValue } = require("errors");

// The fields that C is given; framing is eddy's, and of Connection it takes "close".
function goesOut(key, value) {
	if (key === "transfer-encoding" || key === "keep-alive")
		return false;
	return key !== "connection" || /(^|,)\s*close\s*(,|$)/i.test(String(value));
}

// "name\0value\0…", of which all characters are bytes.
function packed(fields) {
	let text = "";
	for (let i = 0; fields !== undefined && i < fields.length; i += 3) {
		const name = fields[i + 1], value = fields[i + 2];
		if (!goesOut(fields[i], value))
			continue;
		if (fields[i] === "connection")
			text += `${name}\0close\0`;
		else if (Array.isArray(value))
			for (const one of value)
				text += `${name}\0${textOf(name, one)}\0`;
		else
			text += `${name}\0${typeof value === "string" ? value : textOf(name, value)}\0`;
	}
	return text === "" ? undefined : text;
}

function hasBody(res) {
	const status = res.status_;
	return res.req.method !== "HEAD" && status !== 204 && status !== 304 && status >= 200;
}

// The reason phrase, where it is not the one that eddy knows the status by.
const OTHER_WORDS = new Set([413, 418, 422]);
function reasonOf(res) {
	const text = res.words_, status = res.status_;
	if (text === undefined)
		return OTHER_WORDS.has(status) || STATUS_CODES[status] === undefined ? STATUS_CODES[status] ?? "unknown" : undefined;
	return text === STATUS_CODES[status] && !OTHER_WORDS.has(status) ? undefined : text;
}

// The reason phrase for an answer in one go. Its length is then the body's: where one that a script has set stands
// for a body that is left out (HEAD, 304), the head goes by itself, as one with words of its own does.
function wordsOf(res) {
	const keepsLength = !hasBody(res) && res.fields_ !== undefined && res.fields_.includes("content-length");
	return reasonOf(res) ?? (keepsLength ? STATUS_CODES[res.status_] : undefined);
}

// What headers of writeHead come to: fields in the order given, on top of those set before.
function mergeHead(res, headers) {
	const list = Array.isArray(headers) ? headers.flat() : undefined;
	if (list !== undefined && list.length % 2 !== 0)
		throw argValue("headers", headers);
	if (res.fields_ !== undefined) {
		if (list !== undefined)
			for (let i = 0; i < list.length; i += 2)
				res.setHeader(list[i], list[i + 1]);
		else
			for (const name of Object.keys(headers))
				if (name)
					res.setHeader(name, headers[name]);
		return;
	}
	res.raw_ = true;
	res.fields_ = headersOf(list ?? headers, list !== undefined);
}

const BAD_REASON = /[^\t\x20-\x7e\x80-\xff]/;
function checkReason(text) {
	if (BAD_REASON.test(text))
		throw coded(TypeError, "ERR_INVALID_CHAR", "Invalid character in statusMessage");
	return text;
}

module.exports = { packed, hasBody, reasonOf, wordsOf, mergeHead, checkReason };
