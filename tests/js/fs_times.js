// fs.utimes and its kin: numbers, digits, Dates.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-times-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	await fs.promises.writeFile(at("file"), "");
	await fs.promises.symlink("file", at("link"));
	const times = async (name = "file", how = "stat") => {
		const { atimeMs, mtimeMs } = await fs.promises[how](at(name));
		return [atimeMs, mtimeMs];
	};
	for (const [a, m] of [[0, 0], [1, 2], [1.5, 2.25], ["3", "4.5"], [new Date(5000), new Date(6500)], [1e9, 4e9], [new Date("2001-02-03T04:05:06.789Z"), 7]]) {
		await fs.promises.utimes(at("file"), a, m);
		console.log(await times());
	}
	await fs.promises.lutimes(at("link"), 10, 20);
	console.log(await times("link", "lstat"), await times("link"));
	await new Promise((resolve) => fs.utimes(at("link"), 30, 40, (error) => resolve(console.log(error))));
	console.log(await times());
	await fs.promises.utimes(at("file"), 1700000000.0007, 1700000000.0003); // parts of a millisecond
	const { atime, mtime } = await fs.promises.stat(at("file"));
	console.log(atime.getTime(), mtime.getTime());
	for (const bad of [{}, null, "x", NaN, Infinity, undefined])
		try {
			fs.utimes(at("file"), bad, 1, () => console.log("called"));
		} catch (error) {
			console.log(error.name, error.code, error.message);
		}
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
