// Stacks: the engine's text, "name@file:line:column" a line, and what Node's engine would have made of it.
"use strict";

// The engine counts the columns of a first line from the function's head, which loader.c puts there.
const HEADS = {
	file: "(function (exports, require, module, __filename, __dirname) {".length,
	library: "(function (exports, require, module, native) {".length,
};
const TOP = new Set(["global code", "module code", "eval code"]);
const BEGINS = /@node:(boot|module|timers):|@node:http\/server:.*|^@?$/; // where eddy has called the script
const LIBRARY = /@node:[a-z_/]+:\d+:\d+$/, NATIVE = /@\[native code\]$/;

// One line: { name, file, line, column }; a file of undefined is the engine itself.
function frame(line) {
	const at = line.indexOf("@"), place = line.slice(at + 1);
	const name = at < 0 || TOP.has(line.slice(0, at)) ? "" : line.slice(0, at);
	const found = /^(.*):(\d+):(\d+)$/.exec(place);
	if (!found)
		return { name, file: place === "[native code]" ? undefined : place, line: undefined, column: undefined };
	const file = found[1], number = Number(found[2]);
	let column = Number(found[3]);
	if (number === 1)
		column -= file.startsWith("node:") ? HEADS.library : HEADS.file;
	return { name, file, line: number, column: Math.max(column, 1) };
}

function placeOf({ file, line, column }) {
	return line === undefined ? file ?? "<anonymous>" : `${file}:${line}:${column}`;
}

// As it stands behind "    at ".
function shown(one) {
	if (one.line === undefined)
		return `${one.name || "<anonymous>"} (${placeOf(one)})`;
	return one.name === "" ? placeOf(one) : `${one.name} (${placeOf(one)})`;
}

// How many lines at the top are the libraries', which have made the error for a line of the script's.
function libraryLines(lines) {
	let n = 0;
	for (let i = 0; i < lines.length && (LIBRARY.test(lines[i]) || NATIVE.test(lines[i])); i++)
		if (LIBRARY.test(lines[i]))
			n = i + 1;
	return n < lines.length ? n : 0;
}

// The frames of a text, without those above and below that are eddy's; `made`: by an error's constructor, and not
// thrown by the engine, which may have found a fault in a library.
function frames(text, made) {
	const lines = text.split("\n");
	while (lines.length > 0 && BEGINS.test(lines[lines.length - 1]))
		lines.pop();
	const own = made ? lines.slice(libraryLines(lines)) : lines;
	return own.filter((line) => !/^[^@]*@$|^$/.test(line) && !/@node:errors[:/]/.test(line)).map(frame);
}

// Whether a text is a stack as the engine writes it.
function isEngines(text) {
	return !/\n {4}at /.test(text) && /^([^\n]*@[^\n]*|[^\n]*:\d+:\d+)(\n|$)/.test(text);
}

module.exports = { frame, frames, shown, placeOf, isEngines };
