// fs.open, read, write and close with descriptors.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-descriptors-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const call = (name, ...args) => new Promise((resolve) => fs[name](...args, (...results) => resolve(results)));
	const [error, fd] = await call("open", at("file"), "w+", 0o600);
	console.log(error, typeof fd, fd > 2, Number.isInteger(fd));
	console.log(await call("write", fd, "hello world"), await call("write", fd, Buffer.from("__HELLO__"), 2, 5, 0));
	console.log(await call("write", fd, Buffer.from("!?"), 0, 1), await call("write", fd, "é", null), await call("write", fd, "ff", 20, "latin1"));
	const bytes = Buffer.alloc(10, ".");
	console.log((await call("read", fd, bytes, 2, 5, 0)).slice(0, 2), bytes.toString());
	console.log((await call("read", fd, { buffer: bytes, position: 6, length: 3 })).slice(0, 2), bytes.toString());
	console.log((await call("read", fd, bytes, { offset: 8, position: 0 })).slice(0, 2), bytes.toString());
	console.log((await call("read", fd, bytes, 0, 10, 1000)).slice(0, 2), (await call("read", fd, bytes, 0, 0, 0))[1]);
	const [, n, own] = await call("read", fd, { position: 0 });
	console.log(n, own.length, own.toString("hex", 0, n));
	console.log((await call("read", fd, bytes, 0, 5, 3n)).slice(0, 2), bytes.toString());
	console.log((await call("fstat", fd))[1].size, await call("ftruncate", fd, 5), (await call("fstat", fd))[1].size);
	console.log(await call("ftruncate", fd), (await call("fstat", fd))[1].size, await call("fsync", fd), await call("fdatasync", fd));
	console.log(await call("fchmod", fd, 0o640), (await call("fstat", fd))[1].mode.toString(8));
	console.log(await call("futimes", fd, 1, 2.5), (await call("fstat", fd))[1].mtimeMs);
	console.log(await call("writev", fd, [Buffer.from("one"), new Uint8Array([32]), Buffer.from("two")]));
	console.log((await call("writev", fd, [Buffer.from("THREE")], 4))[1], await fs.promises.readFile(at("file"), "latin1").then((text) => JSON.stringify(text)));
	const parts = [Buffer.alloc(2), Buffer.alloc(3), Buffer.alloc(4)];
	console.log((await call("readv", fd, parts, 4)).slice(0, 2), parts.join("|").replaceAll("\0", "."));
	console.log(await call("close", fd), (await call("close", fd))[0].message, (await call("read", fd, bytes, 0, 1, 0))[0].message);
	const order = [];
	const [, second] = await call("open", at("order"), "a");
	await Promise.all(["a", "b", "c", "d"].map((letter) => call("appendFile", second, letter).then(() => order.push(letter))));
	await call("close", second);
	console.log(order.length, (await fs.promises.readFile(at("order"), "utf8")).length);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
