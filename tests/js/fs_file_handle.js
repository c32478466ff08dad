// FileHandle: what it has, and what it says when it is closed.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-file-handle-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const handle = await fs.promises.open(at("file"), "w+");
	handle.on("close", () => console.log("close event"));
	console.log(handle.constructor.name, typeof handle.fd, handle.fd > 2);
	console.log(await handle.writeFile("hello\nworld\r\nlast"), await handle.appendFile(" line"));
	console.log((await handle.stat()).size, (await handle.stat({ bigint: true })).size);
	const { bytesRead, buffer } = await handle.read(Buffer.alloc(5), 0, 5, 0);
	console.log(bytesRead, buffer.toString(), (await handle.read({ position: 6, length: 5 })).buffer.toString("latin1", 0, 5));
	console.log({ ...await handle.write("HE", 0) }, { ...await handle.write(Buffer.from("xLLOx"), 1, 3, 2) }, (await handle.write(Buffer.from("!"))).bytesWritten);
	console.log((await handle.writev([Buffer.from("a"), Buffer.from("b")])).bytesWritten, (await handle.readv([Buffer.alloc(2), Buffer.alloc(2)], 0)).buffers.join("-"));
	console.log(await handle.truncate(11), await handle.sync(), await handle.datasync(), await handle.chmod(0o600), await handle.utimes(5, 6));
	console.log((await handle.stat()).size, (await handle.stat()).mtimeMs, (await handle.stat()).mode.toString(8));
	console.log(JSON.stringify(await fs.promises.readFile(at("file"), "utf8")));
	const closing = handle.close();
	console.log(handle.fd);
	console.log(await closing, await handle.close());
	for (const name of ["stat", "read", "write", "readFile", "writeFile", "truncate", "sync", "chmod"])
		await handle[name](name === "chmod" ? 0o600 : "x").catch((error) => console.log(name, error.message, error.code));
	const lines = await fs.promises.open(at("lines"), "w+");
	await lines.writeFile("one\ntwo\r\n\nfour");
	const reading = await fs.promises.open(at("lines"));
	console.log(await reading.readFile("utf8").then(JSON.stringify), JSON.stringify(await reading.readFile("utf8")));
	await reading.close();
	const list = [];
	for await (const line of (await fs.promises.open(at("lines"))).readLines())
		list.push(line);
	console.log(list);
	await lines.close();
	const other = await fs.promises.open(at("lines"));
	console.log((await fs.promises.readFile(other)).length, await other.close());
	await fs.promises.writeFile(at("a"), ["x", "y", Buffer.from("z")]);
	await fs.promises.writeFile(at("b"), (async function* () {
		yield "async ";
		yield "pieces";
	})());
	await fs.promises.writeFile(at("c"), fs.createReadStream(at("b")));
	console.log(await Promise.all(["a", "b", "c"].map((name) => fs.promises.readFile(at(name), "utf8"))));
	await fs.promises.writeFile(at("d"), [1, 2]).catch((error) => console.log(error.code));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
