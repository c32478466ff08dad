// What fs says when the system refuses: message, errno, code, syscall, path, dest.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-errors-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR").replace(/x-\w{6}/g, "x-...");
const fields = (error) => said(`${error.name}|${error.message}|${error.errno}|${error.code}|${error.syscall}|${error.path}|${error.dest}`);

async function main() {
	fs.writeFileSync(at("file"), "x");
	fs.mkdirSync(at("folder/sub"), { recursive: true });
	fs.symlinkSync("loop", at("loop"));
	const cases = {
		open: [at("none"), "r"], stat: [at("none")], lstat: [at("file/x")], unlink: [at("folder")], readFile: [at("folder")],
		writeFile: [at("none/file"), "x"], appendFile: [at("folder"), "x"], rename: [at("none"), at("other")],
		link: [at("none"), at("other")], symlink: ["target", at("file")], readlink: [at("file")], mkdir: [at("folder")],
		rmdir: [at("folder")], readdir: [at("file")], access: [at("none")], chmod: [at("none"), 0o600],
		chown: [at("none"), 1, 1], lchown: [at("none"), 1, 1], utimes: [at("none"), 1, 1], lutimes: [at("none"), 1, 1],
		truncate: [at("none"), 1], mkdtemp: [at("none/x-")], copyFile: [at("none"), at("other")], rm: [at("none")],
		realpath: [at("folder/none/deep")], statfs: [at("none")], close: [999], fstat: [999], fsync: [999], ftruncate: [999, 1],
		fchmod: [999, 0o600], futimes: [999, 1, 1], fdatasync: [999], fchown: [999, 1, 1],
	};
	for (const [name, args] of Object.entries(cases))
		await new Promise((resolve) => fs[name](...args, (error, ...rest) => {
			console.log(name, fields(error), rest.length, error instanceof Error, Object.keys(error).sort().join());
			resolve();
		}));
	await new Promise((resolve) => fs.stat(at("loop"), (error) => resolve(console.log(fields(error)))));
	await new Promise((resolve) => fs.open(at("x".repeat(300)), (error) => resolve(console.log(error.code))));
	await new Promise((resolve) => fs.read(999, Buffer.alloc(1), 0, 1, 0, (error, n, buffer) =>
		resolve(console.log(fields(error), n, buffer))));
	await new Promise((resolve) => fs.write(999, Buffer.alloc(1), (error, n, buffer) => resolve(console.log(fields(error), n, buffer))));
	await new Promise((resolve) => fs.write(999, "text", (error, n, text) => resolve(console.log(fields(error), n, text))));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
