// What goes wrong while a file is read or written.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-stream-errors-"));
const at = (name) => path.join(dir, name);

const events = (stream) => new Promise((resolve) => {
	const seen = [];
	for (const name of ["open", "ready", "data", "end", "finish", "error"])
		stream.on(name, (value) => seen.push(name === "error" ? `${value.code} ${value.syscall}` : name));
	stream.on("close", () => resolve(seen.join()));
});

async function main() {
	fs.writeFileSync(at("file"), "0123456789");
	console.log(await events(fs.createReadStream(dir)));
	console.log(await events(fs.createReadStream(at("file"), { flags: "w" })), (await fs.promises.stat(at("file"))).size);
	const reader = fs.createWriteStream(at("file"), { flags: "r" });
	reader.write("x", (error) => console.log("written", error.code));
	reader.end((error) => console.log("ended", error.code));
	console.log(await events(reader));
	const handle = await fs.promises.open(at("file"), "w+");
	await handle.write("abcdef");
	const gone = fs.createWriteStream(at("other"), { fd: 999 });
	gone.end("x");
	console.log(await events(gone));
	// Operations of one's own: short writes, errors in the middle.
	const written = [];
	let room = 7;
	const own = {
		open: (name, flags, mode, callback) => setImmediate(callback, null, 50),
		write: (fd, bytes, offset, length, position, callback) => {
			const n = Math.min(length, 3, room);
			room -= n;
			written.push(bytes.toString("latin1", offset, offset + n));
			setImmediate(callback, n === 0 ? Object.assign(new Error("full"), { code: "FULL" }) : null, n, bytes);
		},
		close: (fd, callback) => {
			written.push(`close ${fd}`);
			setImmediate(callback);
		},
	};
	const short = fs.createWriteStream("name", { fs: own });
	short.write("hello");
	short.end("wor");
	console.log(await events(short), written.join(), short.bytesWritten);
	let reads = 0;
	const bad = { open: own.open, close: own.close, read: (fd, bytes, offset, length, position, callback) => {
		reads++;
		if (reads === 1)
			setImmediate(callback, null, bytes.write("first", offset), bytes);
		else
			setImmediate(callback, Object.assign(new Error("broken"), { code: "EIO", syscall: "read" }));
	} };
	console.log(await events(fs.createReadStream("name", { fs: bad })), reads);
	const refused = { ...own, close: (fd, callback) => setImmediate(callback, Object.assign(new Error("no"), { code: "EIO", syscall: "close" })) };
	room = 100;
	const sink = fs.createWriteStream("name", { fs: refused });
	sink.end("x");
	console.log(await events(sink));
	await handle.close();
	const { pipeline } = require("stream");
	await new Promise((resolve) => pipeline(fs.createReadStream("name", { fs: bad }), fs.createWriteStream(at("sink")), (error) =>
		resolve(console.log(error.code))));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
