// pipeline and pipe between files and other streams.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-pipeline-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const { pipeline, Transform, PassThrough } = require("stream");
	const { pipeline: promised } = require("stream/promises");
	const big = Buffer.alloc(700001, "pipe");
	fs.writeFileSync(at("big"), big);
	await new Promise((resolve) => pipeline(fs.createReadStream(at("big")), fs.createWriteStream(at("copy")), (error) => resolve(console.log(error))));
	console.log((await fs.promises.readFile(at("copy"))).equals(big));
	const upper = new Transform({ transform: (piece, encoding, callback) => callback(null, piece.toString().toUpperCase()) });
	await promised(fs.createReadStream(at("big")), upper, fs.createWriteStream(at("upper")));
	console.log((await fs.promises.readFile(at("upper"), "latin1")).slice(0, 8), (await fs.promises.stat(at("upper"))).size);
	await promised(fs.createReadStream(at("none")), fs.createWriteStream(at("never"))).catch((error) => console.log(said(error.message)));
	await promised(fs.createReadStream(at("big")), fs.createWriteStream(at("none/x"))).catch((error) => console.log(said(error.message)));
	const failing = new Transform({ transform: (piece, encoding, callback) => callback(new Error("refused")) });
	const source = fs.createReadStream(at("big")), sink = fs.createWriteStream(at("part"));
	await promised(source, failing, sink).catch((error) => console.log(error.message, source.destroyed, sink.destroyed));
	await promised(["a", "b", "c"], fs.createWriteStream(at("array")));
	await promised(async function* () {
		yield "generated ";
		yield "text";
	}, fs.createWriteStream(at("generated")));
	console.log(await fs.promises.readFile(at("array"), "utf8"), await fs.promises.readFile(at("generated"), "utf8"));
	const events = [];
	const piped = fs.createReadStream(at("big")).pipe(new PassThrough()).pipe(fs.createWriteStream(at("piped")));
	piped.on("pipe", () => events.push("pipe"));
	piped.on("unpipe", () => events.push("unpipe"));
	piped.on("finish", () => events.push("finish"));
	await new Promise((resolve) => piped.on("close", resolve));
	console.log(events.join(), piped.bytesWritten);
	const noEnd = fs.createWriteStream(at("two"));
	await new Promise((resolve) => fs.createReadStream(at("array")).on("end", resolve).pipe(noEnd, { end: false }));
	noEnd.end("+");
	await new Promise((resolve) => noEnd.on("close", resolve));
	console.log(await fs.promises.readFile(at("two"), "utf8"));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
