// createReadStream: its events, pieces, start and end.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-read-stream-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

function watch(label, stream, more = []) {
	const seen = [];
	for (const name of ["open", "ready", "end", "close", "error", "pause", "resume", ...more])
		stream.on(name, (value) => seen.push(name === "error" ? `error ${value.code}` : name === "open" ? `open ${typeof value}` : name));
	return new Promise((resolve) => stream.on("close", () => resolve(console.log(label, seen.join()))));
}

async function main() {
	fs.writeFileSync(at("file"), "0123456789");
	fs.writeFileSync(at("empty"), "");
	const big = Buffer.alloc(200000, "abc");
	fs.writeFileSync(at("big"), big);
	let stream = fs.createReadStream(at("file"));
	console.log(stream instanceof fs.ReadStream, stream instanceof require("stream").Readable, said(stream.path), stream.flags, stream.mode,
		stream.fd, stream.pending, stream.bytesRead, stream.start, stream.end, stream.autoClose, stream.readableHighWaterMark);
	stream.on("data", (piece) => console.log("data", piece.toString(), stream.bytesRead, stream.pending));
	await watch("whole", stream);
	console.log(stream.fd, stream.destroyed, stream.closed, stream.bytesRead);
	const text = async (options, name = "file") => {
		let all = "";
		for await (const piece of fs.createReadStream(at(name), options))
			all += piece;
		return all;
	};
	console.log(await text({ start: 3 }), await text({ end: 4 }), await text({ start: 2, end: 5 }), await text({ start: 4, end: 4 }),
		await text({ start: 20 }), await text({ start: 0, end: 0 }), await text("hex"), await text({ encoding: "base64", start: 1, end: 3 }));
	const sizes = [];
	stream = fs.createReadStream(at("big"));
	stream.on("data", (piece) => sizes.push(piece.length));
	await watch("big", stream);
	console.log(sizes.join(), stream.bytesRead);
	stream = fs.createReadStream(at("file"), { highWaterMark: 4, encoding: "utf8" });
	stream.on("data", (piece) => console.log(JSON.stringify(piece)));
	await watch("small pieces", stream);
	stream = fs.createReadStream(at("empty"));
	stream.resume();
	await watch("empty", stream);
	await watch("none", fs.createReadStream(at("none")));
	await watch("folder", fs.createReadStream(dir).resume());
	stream = fs.createReadStream(at("file"), { emitClose: false });
	stream.resume();
	stream.on("close", () => console.log("must not come"));
	await new Promise((resolve) => stream.on("end", resolve));
	stream = fs.createReadStream(at("big"));
	stream.once("data", () => stream.destroy());
	await watch("destroyed", stream);
	stream = fs.createReadStream(at("file"));
	stream.destroy();
	await watch("destroyed before it is open", stream);
	console.log(stream.fd);
	stream = fs.createReadStream(at("file"));
	stream.destroy(new Error("mine"));
	await watch("destroyed with an error", stream);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
