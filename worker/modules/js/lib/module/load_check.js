// What eddyd -t looks at: whether the script can be read and parsed, with the files that it requires where it begins,
// and theirs. Nothing of them runs, so that a require that may not be reached, or that is tried, is left alone.
"use strict";

const { isPlaced, placeAt } = require("errors");
const modules = require("module");

// A statement that requires: require("a")(…), const a = require("a"), const { b } = require("a"), a.b = require("a").
const TO = "(?:const|let|var)[ \\t]+(?:[\\w$]+|\\{[^{}]*\\})\\s*=\\s*|[\\w$.]+[ \\t]*=[ \\t]*";
const STATEMENT = new RegExp(`^[ \\t]*(?:${TO})?` +
	"require\\((['\"])((?:(?!\\1)[^\\\\\\n])+)\\1\\)", "gm");

// Of a text how often it may be parsed to find out what is whole: one that is all in a function has a limit.
const PARSES = 8;

const isWhole = (text) => native.syntaxFault(text, false) === undefined;

// [what is required, where it says so], of what the text surely comes to: what stands before is whole by itself, so
// that this is in no function, no branch and no comment.
function* required(text) {
	let whole = 0; // it is, up to there
	let left = PARSES * text.length;
	for (const match of text.matchAll(STATEMENT)) {
		left -= match.index - whole;
		if (left < 0)
			return;
		if (!isWhole(text.slice(whole, match.index)))
			continue;
		whole = match.index;
		yield [match[2], match.index + match[0].lastIndexOf("require(")];
	}
}

function placeIn(text, at, filename) {
	const before = text.slice(0, at).split("\n");
	return `${filename}:${before.length}:${before[before.length - 1].length + 1}`;
}

function look(module, seen) {
	const text = modules.parse(module);
	if (text === undefined)
		return;
	for (const [request, at] of required(text)) {
		const place = placeIn(text, at, module.filename);
		try {
			const filename = modules.findFile(request, module);
			if (filename === undefined || seen.has(filename))
				continue;
			seen.add(filename);
			look(modules.open(filename, module), seen);
		} catch (error) {
			throw error instanceof SyntaxError || isPlaced(error) ? error : placeAt(error, place);
		}
	}
}

module.exports = (name) => {
	const filename = modules.findMain(name);
	look(modules.open(filename), new Set([filename]));
};
