// fs.rm and rmdir: files, folders, links, force.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-rm-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	fs.mkdirSync(at("tree/a/b/c"), { recursive: true });
	fs.writeFileSync(at("tree/a/file"), "");
	fs.writeFileSync(at("tree/a/b/.dot"), "");
	fs.mkdirSync(at("kept"));
	fs.writeFileSync(at("kept/file"), "");
	fs.symlinkSync("../kept", at("tree/link"));
	fs.symlinkSync("nowhere", at("tree/dangling"));
	fs.writeFileSync(at("one"), "");
	const rm = (...args) => new Promise((resolve) => fs.rm(...args, (error, ...rest) => {
		console.log(error && said(`${error.name}|${error.code}|${error.message}|${error.syscall}|${error.path}`), rest.length);
		resolve();
	}));
	await rm(at("tree"));
	await rm(at("tree"), { force: true });
	await rm(at("one"));
	await rm(at("one"));
	await rm(at("one"), { force: true });
	await rm(at("tree/link"), { recursive: true });
	await rm(at("tree"), { recursive: true, maxRetries: 3, retryDelay: 10 });
	await rm(at("tree"), { recursive: true });
	await rm(at("tree"), { recursive: true, force: true });
	console.log((await fs.promises.readdir(dir)).join(), (await fs.promises.readdir(at("kept"))).join());
	await fs.promises.rmdir(at("kept")).catch((error) => console.log(said(error.message)));
	console.log(await fs.promises.rm(at("kept"), { recursive: true }));
	await fs.promises.rm(at("kept")).catch((error) => console.log(said(error.message)));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
