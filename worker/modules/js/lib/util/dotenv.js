// util.parseEnv: the variables that a file such as .env sets.
"use strict";

const { argType } = require("errors");

// A name, "=", and a value: between quotation marks of any kind, over several lines, or the rest of the line up to a
// comment.
const LINE = /^[\t ]*(?:export[\t ]+)?([^\s=#]+)[\t ]*=[\t ]*(?:"([^"]*)"|'([^']*)'|`([^`]*)`|([^#\n]*))[^\n]*$/gm;

function parseEnv(text) {
	if (typeof text !== "string")
		throw argType("content", "of type string", text);
	const out = {};
	for (const [, name, double, single, back, plain] of text.replace(/\r\n?/g, "\n").matchAll(LINE))
		out[name] = double?.replaceAll("\\n", "\n") ?? single ?? back ?? plain.trim();
	return out;
}

module.exports = { parseEnv };
