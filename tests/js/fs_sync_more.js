// More of what does not wait: types, bigints, folders, appending, links.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-sync-more-"));
const at = (name) => path.join(dir, name);

async function main() {
	fs.mkdirSync(at("folder"));
	for (const name of ["c", "a", "b"])
		fs.writeFileSync(at(name), name);
	fs.symlinkSync("a", at("link"));
	console.log(fs.readdirSync(dir, { withFileTypes: true }).map((one) => [one.name, one.isFile(), one.isDirectory(), one.isSymbolicLink()].join()));
	console.log(fs.readdirSync(dir, "buffer").map(String).join(), fs.readdirSync(dir, { encoding: "hex" }).join());
	const opened = fs.opendirSync(dir), names = [];
	for (let entry; (entry = opened.readSync()) !== null;)
		names.push(entry.name);
	console.log(names.sort().join(), opened.closeSync());
	try {
		opened.readSync();
	} catch (error) {
		console.log(error.code);
	}
	console.log(typeof fs.statSync(at("a"), { bigint: true }).size, fs.lstatSync(at("link")).isSymbolicLink(), fs.lstatSync(at("link"), { bigint: true }).size);
	fs.appendFileSync(at("log"), "one\n");
	fs.appendFileSync(at("log"), Buffer.from("two\n"), { mode: 0o600 });
	fs.writeFileSync(at("log"), "three\n", { flag: "a" });
	console.log(JSON.stringify(fs.readFileSync(at("log"), { encoding: "utf8" })), fs.readFileSync(at("log"), "base64"));
	const fd = fs.openSync(at("log"), "r+");
	fs.writeFileSync(fd, "ONE");
	console.log(JSON.stringify(fs.readFileSync(fd, "utf8")));
	fs.futimesSync(fd, 10, 20);
	fs.fchmodSync(fd, 0o640);
	fs.fdatasyncSync(fd);
	console.log(fs.fstatSync(fd).mtimeMs, (fs.fstatSync(fd).mode & 0o777).toString(8));
	fs.closeSync(fd);
	fs.utimesSync(at("link"), 30, 40);
	fs.lutimesSync(at("link"), 50, 60);
	console.log(fs.statSync(at("a")).mtimeMs, fs.lstatSync(at("link")).mtimeMs);
	fs.chmodSync(at("a"), "600");
	fs.accessSync(at("a"), fs.constants.W_OK);
	for (const wrong of [() => fs.readFileSync(at("a"), "zz"), () => fs.openSync(at("a"), "zz"), () => fs.writeFileSync(at("a"), {}), () => fs.statSync(),
		() => fs.mkdirSync(at("x"), { recursive: 1 }), () => fs.closeSync("1"), () => fs.readSync(0, "x"), () => fs.rmSync(at("folder"))])
		try {
			wrong();
		} catch (error) {
			console.log(error.name, error.code);
		}
	const kept = fs.openSync(at("b"));
	await new Promise((resolve) => setTimeout(resolve, 1));
	await new Promise((resolve) => fs.read(kept, Buffer.alloc(4), 0, 4, 0, (error, n, bytes) =>
		resolve(console.log(error, n, bytes.toString("latin1", 0, n)))));
	await new Promise((resolve) => fs.close(kept, resolve));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
