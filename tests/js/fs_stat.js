// Stats: numbers, kinds, times, and the same as bigints.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-stat-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

const KINDS = ["isFile", "isDirectory", "isSymbolicLink", "isFIFO", "isSocket", "isBlockDevice", "isCharacterDevice"];
const kind = (stats) => KINDS.filter((name) => stats[name]()).join();

async function main() {
	fs.writeFileSync(at("file"), "hello");
	fs.symlinkSync("file", at("link"));
	fs.chmodSync(at("file"), 0o640);
	fs.utimesSync(at("file"), 1700000000.25, new Date(1600000000500));
	const stats = fs.statSync(at("file"));
	console.log(stats.constructor.name, stats instanceof fs.Stats, Object.keys(stats).join());
	console.log(stats.size, stats.mode.toString(8), stats.nlink, stats.uid, stats.gid, stats.blocks, stats.blksize > 0, stats.ino > 0);
	console.log(stats.atimeMs, stats.mtimeMs, stats.atime.toISOString(), stats.mtime.toISOString(), stats.atime instanceof Date);
	console.log(typeof stats.ctimeMs, typeof stats.birthtimeMs, stats.ctime.getTime() === Math.round(stats.ctimeMs));
	console.log(kind(stats), kind(fs.lstatSync(at("link"))), kind(fs.statSync(at("link"))), kind(fs.statSync(dir)), kind(fs.statSync("/dev/null")));
	const big = fs.statSync(at("file"), { bigint: true });
	console.log(big.constructor.name, Object.keys(big).join());
	console.log(big.size, big.mode, big.nlink, big.atimeMs, big.atimeNs, big.mtimeNs, big.mtime.toISOString(), kind(big));
	console.log(big.ino === BigInt(stats.ino), big.dev === BigInt(stats.dev));
	const fd = fs.openSync(at("file"), "r");
	console.log(fs.fstatSync(fd).size, fs.fstatSync(fd, { bigint: true }).size);
	fs.closeSync(fd);
	await new Promise((resolve) => fs.stat(at("file"), { bigint: true }, (error, one) => resolve(console.log(error, one.size))));
	console.log((await fs.promises.lstat(at("link"))).size, (await fs.promises.lstat(at("link"), { bigint: true })).size);
	await new Promise((resolve) => fs.stat(at("file"), {}, (error, one) => resolve(console.log(error, one.size))));
	await new Promise((resolve) => fs.fstat(999, { bigint: true }, (error) => resolve(console.log(error.code))));
	const space = await fs.promises.statfs(dir);
	console.log(Object.keys(space).join(), space.bsize > 0, typeof (await fs.promises.statfs(dir, { bigint: true })).blocks);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
