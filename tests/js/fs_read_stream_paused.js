// A file that is read by read() and pause().
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-read-stream-paused-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	fs.writeFileSync(at("file"), "0123456789".repeat(10));
	let stream = fs.createReadStream(at("file"), { highWaterMark: 30 });
	await new Promise((resolve) => {
		stream.on("readable", () => {
			let piece;
			while ((piece = stream.read(7)) !== null)
				console.log(piece.toString());
		});
		stream.on("end", () => console.log("end"));
		stream.on("close", () => resolve(console.log("close")));
	});
	stream = fs.createReadStream(at("file"), { highWaterMark: 40 });
	await new Promise((resolve) => {
		stream.on("data", (piece) => {
			console.log("data", piece.length, stream.bytesRead);
			stream.pause();
			setTimeout(() => stream.resume(), 5);
		});
		stream.on("close", resolve);
	});
	stream = fs.createReadStream(at("file"), { start: 10, end: 29 });
	const pieces = [];
	for await (const piece of stream)
		pieces.push(piece);
	console.log(Buffer.concat(pieces).toString());
	for await (const piece of fs.createReadStream(at("file"), { highWaterMark: 10 })) {
		console.log(piece.toString());
		break;
	}
	try {
		for await (const piece of fs.createReadStream(at("none")))
			console.log(piece);
	} catch (error) {
		console.log(said(error.message));
	}
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
