// What require knows of the disk. It is looked at while the script loads only; what has been seen until then, what is
// not there too, answers for it when the worker serves.
"use strict";

const path = require("path");
const { coded } = require("errors");

const FILE = 1, FOLDER = 2;
const kinds = new Map(); // by path: FILE, FOLDER, or 0
const reals = new Map(); // by path
const descriptions = new Map(); // by folder: its package.json; undefined: it has none
const texts = new Map(); // by path: what has been read ahead, and has not run
let serves = false, missed;

// From now on the disk is not looked at.
function leave() {
	serves = true;
}

// Begins a look that may miss what nobody has looked at before; `missedPath` says what.
function ask() {
	missed = undefined;
}

function missedPath() {
	return missed;
}

function kind(name) {
	if (!serves) {
		const found = native.stat(name);
		kinds.set(name, found);
		return found;
	}
	if (!kinds.has(name))
		missed ??= name;
	return kinds.get(name) ?? 0;
}

// Where links lead. The file's folders, by which it may be asked for later, are known with it.
function realpath(name) {
	if (serves)
		return reals.get(name) ?? name;
	const real = native.realpath(name) ?? name;
	reals.set(name, real);
	kinds.set(real, FILE);
	for (let at = path.dirname(real); kinds.get(at) !== FOLDER; at = path.dirname(at))
		kinds.set(at, FOLDER);
	return real;
}

function notRead(name) {
	return `${name} cannot be read now: a worker that serves never waits for a disk. ` +
		"Require it where the script begins, or by a name that is written out in the call";
}

function readText(name) {
	const text = texts.get(name);
	if (text === undefined && serves)
		throw coded(Error, "ERR_WORKER_SERVES", notRead(name));
	return text ?? native.readFile(name);
}

// Reads a file that may be asked for later: its text; undefined: it is longer than `max`; null: it cannot be read.
function readAhead(name, max) {
	try {
		const text = native.readFile(name, max);
		if (text !== undefined)
			texts.set(name, text);
		return text;
	} catch {
		return null;
	}
}

function readJson(file) {
	let text = readText(file);
	if (text.charCodeAt(0) === 0xfeff)
		text = text.slice(1);
	try {
		return JSON.parse(text);
	} catch (error) {
		const place = require("json_place")(text);
		for (const [name, value] of Object.entries({ sourceURL: file, ...place }))
			Object.defineProperty(error, name, { configurable: true, writable: true, value });
		error.message = `${file}: ${error.message}`;
		throw error;
	}
}

// What a folder's package.json says to require; undefined: there is none.
function description(folder) {
	const known = descriptions.get(folder);
	if (known !== undefined)
		return known;
	const file = path.join(folder, "package.json");
	if (serves && !descriptions.has(folder))
		missed ??= file;
	if (serves || native.stat(file) !== FILE) {
		descriptions.set(folder, undefined);
		return undefined;
	}
	const all = readJson(file) ?? {};
	const { name, main, exports, imports, type } = all;
	const found = { folder, file, name, main, exports, imports, type };
	descriptions.set(folder, found);
	return found;
}

module.exports = {
	FILE, FOLDER, leave, ask, missedPath, kind, realpath, notRead, readText, readJson, readAhead, description,
	serving: () => serves,
	isHeld: (name) => texts.has(name),
	release: (name) => texts.delete(name),
};
