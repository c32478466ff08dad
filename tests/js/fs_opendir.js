// fs.opendir: a folder entry by entry.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-opendir-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	for (const name of ["a", "b", "c"])
		fs.writeFileSync(at(name), "");
	fs.mkdirSync(at("folder"));
	const names = [];
	const dir1 = await fs.promises.opendir(dir);
	console.log(dir1 instanceof fs.Dir, said(dir1.path));
	for await (const entry of dir1)
		names.push(entry.name + entry.isDirectory());
	console.log(names.sort().join());
	await dir1.close().catch((error) => console.log(error.code, error.message));
	const dir2 = await new Promise((resolve) => fs.opendir(at("folder"), (error, one) => resolve(one)));
	console.log(await dir2.read());
	await new Promise((resolve) => dir2.read((error, entry) => resolve(console.log(error, entry))));
	await new Promise((resolve) => dir2.close((error) => resolve(console.log(error))));
	await fs.promises.opendir(at("none")).catch((error) => console.log(error.code, error.syscall));
	await fs.promises.opendir(at("a")).catch((error) => console.log(error.code, error.syscall));
	try {
		fs.opendir(at("none"));
	} catch (error) {
		console.log(error.code);
	}
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
