// What fs.promises says when the system refuses.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-errors-promises-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR").replace(/x-\w{6}/g, "x-...");
const fields = (error) => said(`${error.name}|${error.message}|${error.errno}|${error.code}|${error.syscall}|${error.path}|${error.dest}`);

async function main() {
	fs.writeFileSync(at("file"), "x");
	fs.mkdirSync(at("folder/sub"), { recursive: true });
	const cases = {
		open: [at("none"), "r"], stat: [at("none")], lstat: [at("file/x")], unlink: [at("folder")], readFile: [at("folder")],
		writeFile: [at("none/file"), "x"], appendFile: [at("folder"), "x"], rename: [at("none"), at("other")],
		link: [at("none"), at("other")], symlink: ["target", at("file")], readlink: [at("file")], mkdir: [at("folder")],
		rmdir: [at("folder")], readdir: [at("file")], access: [at("none")], chmod: [at("none"), 0o600],
		chown: [at("none"), 1, 1], utimes: [at("none"), 1, 1], truncate: [at("none"), 1], mkdtemp: [at("none/x-")],
		copyFile: [at("none"), at("other")], rm: [at("none")], realpath: [at("folder/none/deep")],
	};
	for (const [name, args] of Object.entries(cases))
		try {
			await fs.promises[name](...args);
		} catch (error) {
			console.log(name, fields(error), error instanceof Error);
		}
	for (const [name, args] of Object.entries({ stat: [5], open: [at("x"), "zz"], readFile: [at("x"), 5], writeFile: [at("x"), 5],
		mkdir: [at("x"), { recursive: 1 }], rename: [at("x")], chmod: [at("x"), "9"], utimes: [at("x"), {}, 1], rm: [at("x"), 5] })) {
		const promise = fs.promises[name](...args); // a rejection, not a throw
		await promise.catch((error) => console.log(name, said(error.name), error.code, said(error.message)));
	}
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
