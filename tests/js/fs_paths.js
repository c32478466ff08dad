// Paths as text, bytes and URLs, also such as are no UTF-8.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-paths-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const bytes = Buffer.concat([Buffer.from(at("")), Buffer.from([0x2f, 0xff, 0xfe, 0x61])]);
	await fs.promises.writeFile(bytes, "strange");
	console.log(await fs.promises.readFile(bytes, "utf8"));
	console.log(await fs.promises.readdir(dir, { encoding: "buffer" }), await fs.promises.readdir(dir, "hex"));
	console.log(await fs.promises.readdir(dir), await fs.promises.readdir(Buffer.from(dir)));
	await fs.promises.unlink(bytes);
	for (const name of ["plain", "with space", "ünïcode ☃ 𝒳", "per%cent", "quo'te", "new\nline"]) {
		await fs.promises.writeFile(at(name), name);
		const url = require("url").pathToFileURL(at(name));
		console.log("%s", JSON.stringify(await fs.promises.readFile(url, "utf8")), (await fs.promises.stat(Buffer.from(at(name)))).size);
	}
	console.log(JSON.stringify(await fs.promises.readdir(dir)));
	await fs.promises.symlink(Buffer.from("plain"), at("link"));
	console.log(await fs.promises.readlink(at("link"), "buffer"), await fs.promises.readlink(at("link"), { encoding: "base64" }));
	console.log(said(await fs.promises.realpath(at("./x/../link"))));
	const made = await fs.promises.mkdtemp(Buffer.from(at("tmp-")), "buffer");
	console.log(Buffer.isBuffer(made), made.length - dir.length);
	await new Promise((resolve) => fs.stat(Buffer.from(at("none")), (error) => resolve(console.log(said(error.message), said(error.path)))));
	await new Promise((resolve) => fs.stat(new URL(`file://${at("none")}`), (error) => resolve(console.log(said(error.message)))));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
