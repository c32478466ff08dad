// fs.mkdirSync and its kin while a script loads.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-mkdir-sync-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	console.log(fs.mkdirSync(at("one")), said(fs.mkdirSync(at("two/three/four"), { recursive: true })));
	console.log(fs.mkdirSync(at("two/three/four"), { recursive: true }), said(fs.mkdirSync(at("two/three/five/six"), { recursive: true })));
	const made = fs.mkdtempSync(at("tmp-"));
	console.log(made.startsWith(at("tmp-")), made.length - at("tmp-").length, (fs.statSync(made).mode & 0o777).toString(8));
	fs.writeFileSync(at("two/file"), "text", { mode: 0o600 });
	fs.appendFileSync(at("two/file"), " and more");
	console.log(fs.readFileSync(at("two/file"), "utf8"), fs.readdirSync(at("two")).join());
	fs.renameSync(at("two/file"), at("moved"));
	fs.copyFileSync(at("moved"), at("copied"));
	fs.linkSync(at("moved"), at("linked"));
	fs.symlinkSync("moved", at("soft"));
	console.log(fs.readlinkSync(at("soft")), said(fs.realpathSync(at("soft"))), said(fs.realpathSync.native(at("soft"))));
	console.log(fs.statSync(at("linked")).nlink, fs.accessSync(at("copied"), fs.constants.R_OK), fs.existsSync(at("none")));
	fs.truncateSync(at("copied"), 4);
	console.log(fs.readFileSync(at("copied"), "latin1"), fs.readFileSync(at("moved"), "latin1"));
	fs.rmSync(at("two"), { recursive: true });
	fs.unlinkSync(at("linked"));
	fs.rmdirSync(at("one"));
	fs.rmdirSync(made);
	console.log(fs.readdirSync(dir).join());
	const fd = fs.openSync(at("pieces"), "w+");
	console.log(fs.writeSync(fd, "hello"), fs.writeSync(fd, Buffer.from(" world!"), 0, 6), fs.writeSync(fd, "J", 0), fs.writeSync(fd, "6f", null, "hex"));
	const bytes = Buffer.alloc(8, ".");
	console.log(fs.readSync(fd, bytes, 1, 5, 0), bytes.toString(), fs.readSync(fd, bytes), fs.readSync(fd, bytes, { position: 6, length: 3 }));
	console.log(bytes.toString(), fs.writevSync(fd, [Buffer.from("a"), Buffer.from("bc")], 0), fs.readvSync(fd, [bytes.subarray(0, 2), bytes.subarray(2)], 0));
	console.log(bytes.toString(), fs.fstatSync(fd).size, fs.ftruncateSync(fd, 2), fs.fstatSync(fd).size, fs.fsyncSync(fd), fs.closeSync(fd));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
