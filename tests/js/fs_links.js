// fs.link, symlink, readlink, realpath, rename, unlink.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-links-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const call = (name, ...args) => new Promise((resolve) => fs[name](...args, (error, ...results) =>
		resolve(said(error ? error.message : JSON.stringify(results)))));
	fs.writeFileSync(at("file"), "text");
	fs.mkdirSync(at("folder/sub"), { recursive: true });
	console.log(await call("link", at("file"), at("hard")), await call("link", at("file"), at("hard")), fs.constants.F_OK);
	console.log(await call("symlink", "file", at("soft")), await call("symlink", "../file", at("folder/up"), "file"));
	console.log(await call("symlink", "folder", at("to"), null), await call("symlink", at("nowhere"), at("dangling"), "dir"));
	console.log(await call("readlink", at("soft")), await call("readlink", at("folder/up"), "utf8"), await call("readlink", at("dangling")));
	console.log(await call("realpath", at("to/sub/../up")), await call("realpath", at("dangling")), await call("realpath", at("none")));
	console.log(await new Promise((resolve) => fs.realpath.native(at("to/up"), (error, real) => resolve(said(real)))));
	console.log(await new Promise((resolve) => fs.realpath.native(at("none/x"), (error) => resolve(said(error.message)))));
	console.log(await call("access", at("dangling")), (await fs.promises.lstat(at("dangling"))).isSymbolicLink());
	console.log(await call("rename", at("soft"), at("moved")), await call("rename", at("file"), at("folder")), await call("rename", at("folder"), at("folder/sub/x")));
	console.log(await call("unlink", at("moved")), await call("unlink", at("moved")), (await fs.promises.stat(at("hard"))).nlink);
	await fs.promises.rename(at("hard"), at("folder/sub/hard"));
	console.log((await fs.promises.readdir(at("folder"), { recursive: true })).sort().join(), await fs.promises.readFile(at("to/sub/hard"), "utf8"));
	await fs.promises.symlink("loop2", at("loop1"));
	await fs.promises.symlink("loop1", at("loop2"));
	await fs.promises.realpath(at("loop1")).catch((error) => console.log(error.code, error.syscall));
	await fs.promises.readFile(at("loop1")).catch((error) => console.log(error.code, error.syscall));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
