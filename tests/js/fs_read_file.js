// fs.readFile: encodings, empty files, descriptors, files that do not say how long they are.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-read-file-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	fs.writeFileSync(at("text"), "héllo wörld ☃");
	fs.writeFileSync(at("empty"), "");
	const big = Buffer.alloc(1500000, "0123456789");
	fs.writeFileSync(at("big"), big);
	console.log(fs.readFileSync(at("text"), "utf8"), fs.readFileSync(at("text")).length, fs.readFileSync(at("empty")).length);
	const fd = fs.openSync(at("text"), "r");
	const read = (...args) => new Promise((resolve) => fs.readFile(...args, (error, data) => resolve(error ?? data)));
	console.log(await read(at("text")), await read(at("text"), "utf8"), await read(at("text"), { encoding: "hex" }));
	console.log((await read(at("text"), "latin1")).length, await read(at("text"), { encoding: null }), await read(at("text"), {}));
	console.log(await read(at("text"), { encoding: "base64" }), await read(at("text"), undefined), await read(at("text"), null));
	console.log(await read(at("empty")), JSON.stringify(await read(at("empty"), "utf8")));
	const back = await read(at("big"));
	console.log(back.length, back.equals(big), Buffer.isBuffer(back));
	console.log((await read("/proc/self/status", "utf8")).startsWith("Name:"));
	console.log((await read("/dev/null")).length);
	console.log(await read(Buffer.from(at("text")), "utf8"), await read(new URL(`file://${at("text")}`), "utf8"));
	console.log(await read(fd, "utf8"), JSON.stringify(await read(fd, "utf8")));
	await fs.promises.stat(at("text"));
	console.log(await new Promise((resolve) => fs.close(fd, resolve)));
	console.log(await read(at("new"), { flag: "w+" }), await new Promise((resolve) => fs.exists(at("new"), resolve)));
	console.log(await fs.promises.readFile(at("text"), "utf8"), (await fs.promises.readFile(at("text"))).length);
	console.log(Array.isArray(await Promise.all(Array.from({ length: 50 }, () => fs.promises.readFile(at("text"))))));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
