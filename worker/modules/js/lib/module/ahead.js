// Reading ahead: packages put off many a require until they need it, when the worker serves and waits for no disk. So
// when the script has been loaded, what the texts of its files name in require("…") is looked for and kept, and what
// those name in turn. What is not there, too: then a later require says so, as a package that asks for a thing that it
// can do without expects.
"use strict";

const disk = require("module/disk");
const path = require("path");

const MAX_FILES = 2000, MAX_BYTES = 16 * 1024 * 1024;
const CALL = /(?:\.resolve)?\s*\(\s*(["'`])([^"'`\\$\n]+)\1\s*\)/y;
const LOG_NOTICE = 5;
const WORD = "require";

const asked = new Set(); // folder and request
const queue = [];

// Takes what the text of a file names; `from` is its module.
function note(text, from) {
	for (let at = text.indexOf(WORD); at >= 0; at = text.indexOf(WORD, at + WORD.length)) {
		CALL.lastIndex = at + WORD.length;
		const request = CALL.exec(text)?.[2];
		const key = `${from.path}\0${request}`;
		if (request === undefined || asked.has(key))
			continue;
		asked.add(key);
		queue.push({ request, from });
	}
}

// resolve(request, from): the file; fileModule(name): what is to be known of a file that asks; isLoaded(name).
function readAhead({ resolve, fileModule, isLoaded }) {
	let files = 0, bytes = 0, left = 0;
	for (const { request, from } of queue) { // which grows
		let name;
		try {
			name = resolve(request, from);
		} catch {
			continue;
		}
		if (name === undefined || isLoaded(name) || disk.isHeld(name) || path.extname(name) === ".node")
			continue;
		const text = files < MAX_FILES ? disk.readAhead(name, MAX_BYTES - bytes) : undefined;
		if (text === undefined)
			left++;
		if (typeof text !== "string")
			continue;
		files++;
		bytes += text.length;
		if (path.extname(name) !== ".json")
			note(text, fileModule(name));
	}
	queue.length = 0;
	asked.clear();
	if (left > 0)
		native.log(LOG_NOTICE, `files that the script may require later, too many to read ahead: ${left}. They cannot be ` +
			`required by then. Read ahead are ${files}, ${Math.ceil(bytes / 1024)} kB, of at most ${MAX_FILES} and ` +
			`${MAX_BYTES / 1024} kB; what is required where the script begins does not count`);
}

module.exports = { note, readAhead };
