// What createReadStream and createWriteStream refuse.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-stream-arguments-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

const tries = [
	["createReadStream", at("x"), { start: "a" }], ["createReadStream", at("x"), { start: 5, end: 1 }], ["createReadStream", 5],
	["createReadStream", at("x"), { highWaterMark: -1 }], ["createReadStream", at("x"), { fd: "q" }], ["createReadStream", at("x"), { fd: -1 }],
	["createReadStream", at("x"), { start: -1 }], ["createReadStream", at("x"), { end: "x" }],
	["createReadStream", at("x"), { end: -1 }], ["createReadStream", at("x"), { start: 1.5 }],
	["createReadStream", at("x"), { start: NaN }], ["createReadStream"],
	["createWriteStream", at("x"), { start: -1 }], ["createWriteStream", at("x"), { start: "1" }], ["createWriteStream", at("x"), { fs: {} }],
	["createWriteStream", {}], ["createWriteStream", at("x"), { highWaterMark: "x" }],
];

async function main() {
	for (const [name, ...args] of tries)
		try {
			console.log(name, typeof fs[name](...args));
		} catch (error) {
			console.log(name, error.name, error.code, said(error.message));
		}
	// Functions of one's own.
	const calls = [];
	const own = { open: (path_, flags, mode, callback) => {
		calls.push("open");
		setImmediate(callback, null, 77);
	}, read: (fd, buffer, offset, length, position, callback) => {
		calls.push(`read ${fd} ${length} ${position}`);
		const n = calls.length < 4 ? buffer.write("abc", offset) : 0;
		setImmediate(callback, null, n, buffer);
	}, close: (fd, callback) => {
		calls.push(`close ${fd}`);
		setImmediate(callback, null);
	} };
	let text = "";
	for await (const piece of fs.createReadStream("anything", { fs: own, highWaterMark: 8 }))
		text += piece;
	console.log(text, calls.join());
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
