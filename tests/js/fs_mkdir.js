// fs.mkdir: recursive, modes, what it returns, what is in the way.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-mkdir-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const make = (...args) => new Promise((resolve) => fs.mkdir(...args, (error, ...rest) => {
		console.log(error && said(error.message), said(JSON.stringify(rest)));
		resolve();
	}));
	await make(at("a"));
	await make(at("a"));
	await make(at("b/c/d"));
	await make(at("b/c/d"), { recursive: true });
	await make(at("b/c/d"), { recursive: true });
	await make(at("b/c/e/f"), { recursive: true });
	await make(at("b/./x/../y/"), { recursive: true });
	await make(at("mode"), 0o700);
	await make(at("mode2"), { mode: "750" });
	console.log((await fs.promises.stat(at("mode"))).mode.toString(8), (await fs.promises.stat(at("mode2"))).mode.toString(8));
	await fs.promises.writeFile(at("file"), "");
	await make(at("file"));
	await make(at("file"), { recursive: true });
	await make(at("file/below"), { recursive: true });
	await make("/", { recursive: true });
	await make(dir, { recursive: true });
	console.log(said(await fs.promises.mkdir(at("p/q/r"), { recursive: true })), await fs.promises.mkdir(at("p/q/r"), { recursive: true }));
	console.log(await fs.promises.mkdir(at("single")));
	console.log((await fs.promises.readdir(dir)).join());
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
