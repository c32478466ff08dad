// Streams of descriptors and handles, and files that streams leave open.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-read-stream-fd-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	fs.writeFileSync(at("file"), "0123456789");
	const open = (flags) => new Promise((resolve) => fs.open(at("file"), flags, (error, fd) => resolve(fd)));
	const all = (stream) => new Promise((resolve) => {
		let text = "";
		stream.on("data", (piece) => (text += piece));
		for (const name of ["open", "ready", "end", "close"])
			stream.on(name, () => (text += ` ${name}`));
		stream.on("error", (error) => (text += ` ${error.code}`));
		stream.on(stream.autoClose ? "close" : "end", () => setImmediate(() => resolve(text)));
	});
	let fd = await open("r");
	let stream = fs.createReadStream(null, { fd });
	console.log(stream.fd === fd, stream.pending, stream.path);
	console.log(await all(stream), stream.fd);
	await new Promise((resolve) => fs.fstat(fd, (error) => resolve(console.log(error.code))));
	fd = await open("r");
	console.log(await all(fs.createReadStream("ignored", { fd, autoClose: false, end: 3 })));
	console.log(await all(fs.createReadStream("ignored", { fd, autoClose: false })));
	console.log(await all(fs.createReadStream("ignored", { fd, autoClose: false, start: 8 })));
	await new Promise((resolve) => fs.close(fd, (error) => resolve(console.log(error))));
	const handle = await fs.promises.open(at("file"));
	handle.on("close", () => console.log("handle closed"));
	stream = handle.createReadStream({ start: 5, encoding: "utf8" });
	console.log(await all(stream), handle.fd);
	const kept = await fs.promises.open(at("file"));
	console.log(await all(kept.createReadStream({ autoClose: false })), kept.fd > 0);
	await kept.close();
	const writing = await fs.promises.open(at("written"), "w");
	const sink = writing.createWriteStream();
	sink.write("through ");
	sink.end("a handle");
	await new Promise((resolve) => sink.on("close", resolve));
	console.log(await fs.promises.readFile(at("written"), "utf8"), writing.fd, sink.bytesWritten);
	stream = fs.createReadStream(null, { fd: 999 });
	console.log(await all(stream));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
