// What the functions that do not wait throw.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-errors-sync-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR").replace(/x-\w{6}/g, "x-...");
const fields = (error) => said(`${error.name}|${error.message}|${error.errno}|${error.code}|${error.syscall}|${error.path}|${error.dest}`);

const tries = {
	openSync: [at("none"), "r"], statSync: [at("none")], lstatSync: [at("none")], unlinkSync: [at("none")],
	readFileSync: [at("folder")], writeFileSync: [at("none/file"), "x"], appendFileSync: [at("folder"), "x"],
	renameSync: [at("none"), at("other")], mkdirSync: [at("folder")], rmdirSync: [at("folder")], readdirSync: [at("none")],
	accessSync: [at("none")], mkdtempSync: [at("none/x-")], copyFileSync: [at("none"), at("other")], rmSync: [at("none")],
	realpathSync: [at("none/deep")], closeSync: [999], fstatSync: [999], chmodSync: [at("none"), 0o600],
	symlinkSync: ["target", at("file")], linkSync: [at("none"), at("other")], readlinkSync: [at("file")], truncateSync: [at("none")],
	utimesSync: [at("none"), 1, 1], ftruncateSync: [999, 1], fsyncSync: [999],
};

async function main() {
	fs.writeFileSync(at("file"), "x");
	fs.mkdirSync(at("folder/sub"), { recursive: true });
	for (const [name, args] of Object.entries(tries))
		try {
			console.log(name, fs[name](...args));
		} catch (error) {
			console.log(name, fields(error));
		}
	console.log(fs.statSync(at("none"), { throwIfNoEntry: false }), fs.lstatSync(at("none"), { throwIfNoEntry: false }));
	console.log(fs.existsSync(at("none")), fs.existsSync(at("file")), fs.existsSync(5), fs.existsSync(""), fs.existsSync());
	console.log(fs.rmSync(at("none"), { force: true }));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
