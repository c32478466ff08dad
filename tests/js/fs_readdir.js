// fs.readdir: names in order, types, recursion, encodings.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-readdir-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

const kind = (entry) => ["isFile", "isDirectory", "isSymbolicLink", "isFIFO"].filter((name) => entry[name]()).join();

async function main() {
	console.log(fs.readdirSync(dir));
	fs.mkdirSync(at("sub/deep/deeper"), { recursive: true });
	for (const name of ["b", "a", ".hidden", "Z", "é", "10", "9", "sub/x", "sub/deep/y", "sub/deep/deeper/z"])
		fs.writeFileSync(at(name), name);
	fs.symlinkSync("a", at("link"));
	console.log(fs.readdirSync(dir).join());
	await new Promise((resolve) => fs.readdir(dir, (error, names) => resolve(console.log(error, names.join()))));
	await new Promise((resolve) => fs.readdir(dir, "utf8", (error, names) => resolve(console.log(error, names.length))));
	const entries = await fs.promises.readdir(dir, { withFileTypes: true });
	console.log(entries.map((entry) => `${entry.name}:${kind(entry)}`).join(), entries[0] instanceof fs.Dirent);
	console.log((await fs.promises.readdir(dir, { recursive: true })).sort().join());
	console.log((await fs.promises.readdir(dir, { recursive: true, withFileTypes: true }))
		.map((entry) => said(path.join(entry.path, entry.name)) + kind(entry)).sort().join());
	const bytes = await fs.promises.readdir(dir, { encoding: "buffer", withFileTypes: true });
	console.log(Buffer.isBuffer(bytes[0].name), bytes.map((entry) => entry.name.toString()).join());
	console.log(await fs.promises.readdir(at("sub"), { encoding: "hex" }), await fs.promises.readdir(at("sub"), null));
	for (let i = 0; i < 300; i++)
		await fs.promises.writeFile(at(`sub/deep/deeper/file${i}`), "");
	console.log((await fs.promises.readdir(at("sub/deep/deeper"))).length);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
