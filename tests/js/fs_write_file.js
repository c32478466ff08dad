// fs.writeFile and appendFile: data, flags, modes, descriptors.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-write-file-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const call = (name, ...args) => new Promise((resolve) => fs[name](...args, (...results) => resolve(results)));
	const text = async () => fs.promises.readFile(at("file"), "utf8");
	console.log(await call("writeFile", at("file"), "one"), await text());
	console.log(await call("writeFile", at("file"), Buffer.from("two"), {}), await text());
	console.log(await call("writeFile", at("file"), "7468726565", "hex"), await text());
	console.log(await call("writeFile", at("file"), new Uint16Array([0x6566, 0x6768])), await text());
	console.log(await call("writeFile", at("file"), new DataView(new Uint8Array([120, 97, 98, 121]).buffer, 1, 2)), await text());
	console.log(await call("appendFile", at("file"), "+more"), await text());
	console.log(await call("appendFile", at("file"), "KzY0", { encoding: "base64" }), await text());
	console.log(await call("writeFile", at("file"), "end", { flag: "a" }), await text());
	console.log((await call("writeFile", at("file"), "x", { flag: "wx" }))[0].code, await text());
	console.log(await call("writeFile", at("file"), ""), JSON.stringify(await text()));
	await call("writeFile", at("mode"), "x", { mode: 0o600 });
	console.log(((await fs.promises.stat(at("mode"))).mode & 0o777).toString(8));
	await call("appendFile", at("made"), "x", { mode: 0o640 });
	console.log(((await fs.promises.stat(at("made"))).mode & 0o777).toString(8));
	const fd = (await call("open", at("fd"), "w+"))[1];
	await call("writeFile", fd, "first ");
	await call("writeFile", fd, "second");
	await call("appendFile", fd, " third");
	await call("close", fd);
	console.log(await fs.promises.readFile(at("fd"), "utf8"));
	const big = Buffer.alloc(2000000, "abcdefg");
	await call("writeFile", at("big"), big);
	console.log((await fs.promises.readFile(at("big"))).equals(big));
	for (const data of [5, null, undefined, {}, [], true, Symbol("a")])
		try {
			fs.writeFile(at("file"), data, () => {});
		} catch (error) {
			console.log(error.code, error.message);
		}
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
