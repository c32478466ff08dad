// Back-pressure of a file: false, drain, cork, many pieces.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-write-stream-flow-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const stream = fs.createWriteStream(at("file"), { highWaterMark: 100 });
	let drains = 0, i = 0, full = 0;
	stream.on("drain", () => {
		drains++;
		more();
	});
	const done = new Promise((resolve) => stream.on("finish", resolve));
	function more() {
		for (; i < 50; ) {
			i++;
			if (!stream.write(Buffer.alloc(60, 65 + i % 26))) {
				full++;
				return;
			}
		}
		stream.end();
	}
	more();
	await done;
	console.log(full, drains, stream.bytesWritten);
	const bytes = await fs.promises.readFile(at("file"));
	console.log(bytes.length, [...bytes].every((byte, at_) => byte === 65 + (Math.floor(at_ / 60) + 1) % 26));
	const corked = fs.createWriteStream(at("corked"));
	corked.cork();
	for (const word of ["a", "b", "c"])
		corked.write(word);
	console.log(corked.writableLength, corked.writableCorked);
	corked.uncork();
	corked.end("d");
	await new Promise((resolve) => corked.on("close", resolve));
	console.log(await fs.promises.readFile(at("corked"), "utf8"), corked.bytesWritten);
	const order = [];
	const called = fs.createWriteStream(at("called"));
	for (let j = 0; j < 5; j++)
		called.write(`${j}`, () => order.push(j));
	called.end(() => order.push("end"));
	await new Promise((resolve) => called.on("close", resolve));
	console.log(order.join(), await fs.promises.readFile(at("called"), "utf8"));
	const start = fs.createWriteStream(at("called"), { flags: "r+", start: 1 });
	start.write("A");
	start.write("B");
	start.end("C");
	await new Promise((resolve) => start.on("close", resolve));
	console.log(await fs.promises.readFile(at("called"), "utf8"));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
