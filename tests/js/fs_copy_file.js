// fs.copyFile: bytes, modes, what is there already.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-copy-file-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const big = Buffer.alloc(1300000, "copied");
	fs.writeFileSync(at("big"), big);
	fs.chmodSync(at("big"), 0o640);
	fs.writeFileSync(at("old"), "something longer than that".repeat(100000));
	fs.writeFileSync(at("small"), "small");
	fs.mkdirSync(at("folder"));
	const copy = (...args) => new Promise((resolve) => fs.copyFile(...args, (error, ...rest) => {
		console.log(error && said(`${error.code}|${error.message}|${error.syscall}|${error.path}|${error.dest}`), rest.length);
		resolve();
	}));
	await copy(at("big"), at("new"));
	console.log((await fs.promises.readFile(at("new"))).equals(big), ((await fs.promises.stat(at("new"))).mode & 0o777).toString(8));
	await copy(at("small"), at("old"));
	console.log(await fs.promises.readFile(at("old"), "utf8"));
	await copy(at("small"), at("old"), fs.constants.COPYFILE_EXCL);
	await copy(at("small"), at("fresh"), fs.constants.COPYFILE_EXCL);
	await copy(at("small"), at("small"));
	console.log(await fs.promises.readFile(at("small"), "utf8"));
	await copy(at("none"), at("other"));
	await copy(at("small"), at("none/other"));
	await copy(at("small"), at("folder"));
	console.log(await fs.promises.copyFile(at("small"), Buffer.from(at("bytes"))), await fs.promises.readFile(at("bytes"), "utf8"));
	console.log((await fs.promises.readdir(dir)).join());
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
