// util.promisify of functions that tell two things.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-promisify-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const { promisify } = require("util");
	const fd = await promisify(fs.open)(at("file"), "w+");
	console.log(await promisify(fs.write)(fd, "hello"), await promisify(fs.write)(fd, Buffer.from(" you"), 0, 4, 5));
	const { bytesRead, buffer } = await promisify(fs.read)(fd, Buffer.alloc(9), 0, 9, 0);
	console.log(bytesRead, buffer.toString());
	console.log((await promisify(fs.writev)(fd, [Buffer.from("a")], 0)).bytesWritten, (await promisify(fs.readv)(fd, [Buffer.alloc(1)], 0)).buffers);
	console.log(await promisify(fs.close)(fd), await promisify(fs.exists)(at("file")), await promisify(fs.exists)(at("none")));
	console.log((await promisify(fs.stat)(at("file"))).size, await promisify(fs.readFile)(at("file"), "utf8"));
	await promisify(fs.readFile)(at("none")).catch((error) => console.log(said(error.message)));
	await new Promise((resolve) => fs.stat(at("none"), (error) =>
		resolve(console.log(said(require("util").inspect(error)), said(error.stack)))));
	console.log(new fs.Stats() instanceof fs.Stats);
	console.log(require("fs/promises") === fs.promises, require("node:fs") === fs, require("node:fs/promises") === fs.promises);
	console.log(typeof fs.promises.open, fs.readFile.name, fs.promises.readFile.name, fs.statSync.name, fs.createReadStream.name);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
