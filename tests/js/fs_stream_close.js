// How streams of files are closed: by close(), destroy(), end, autoClose, and twice.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-stream-close-"));
const at = (name) => path.join(dir, name);

function watch(label, stream) {
	const seen = [];
	for (const name of ["open", "ready", "data", "end", "finish", "close", "error"])
		stream.on(name, (value) => seen.push(name === "error" ? `error ${value.code ?? value.message}` : name));
	return () => console.log(label, seen.join(), stream.destroyed, stream.closed, stream.fd === null);
}
const closed = (stream) => new Promise((resolve) => stream.on("close", resolve));
const later = () => new Promise((resolve) => setTimeout(resolve, 30));

async function main() {
	fs.writeFileSync(at("file"), "0123456789");
	let stream = fs.createReadStream(at("file"));
	let show = watch("close of a reader", stream);
	stream.close((error) => console.log("closed", error && error.code));
	await closed(stream);
	show();
	stream.close((error) => console.log("closed again", error && error.code));
	await later();
	stream = fs.createReadStream(at("file"));
	show = watch("close in data", stream);
	stream.on("data", () => stream.close());
	await closed(stream);
	show();
	stream = fs.createReadStream(at("file"), { autoClose: false });
	show = watch("reader that stays open", stream);
	await new Promise((resolve) => stream.on("end", resolve));
	await later();
	show();
	stream.destroy();
	await closed(stream);
	show();
	stream = fs.createWriteStream(at("kept"), { autoClose: false });
	show = watch("writer that stays open", stream);
	stream.end("x");
	await new Promise((resolve) => stream.on("finish", resolve));
	await later();
	show();
	stream.destroy();
	await closed(stream);
	show();
	stream = fs.createWriteStream(at("early"));
	show = watch("writer destroyed at once", stream);
	stream.destroy(new Error("early"));
	await closed(stream);
	show();
	stream = fs.createWriteStream(at("twice"));
	show = watch("destroyed twice", stream);
	stream.on("ready", () => {
		stream.destroy(new Error("first"));
		stream.destroy(new Error("second"));
	});
	await closed(stream);
	show();
	stream = fs.createWriteStream(at("soon"));
	show = watch("destroySoon", stream);
	stream.write("written ");
	stream.destroySoon("all");
	await closed(stream);
	show();
	console.log(await fs.promises.readFile(at("soon"), "utf8"));
	stream = fs.createReadStream(at("none"), { autoClose: false });
	show = watch("none, autoClose false", stream);
	await new Promise((resolve) => stream.on("error", resolve));
	await later();
	show();
	stream = fs.createReadStream(at("none"), { emitClose: false });
	show = watch("none, emitClose false", stream);
	await new Promise((resolve) => stream.on("error", resolve));
	await later();
	show();
	const { finished } = require("stream/promises");
	stream = fs.createReadStream(at("file"));
	stream.resume();
	console.log(await finished(stream), stream.bytesRead);
	await finished(fs.createReadStream(at("none"))).catch((error) => console.log(error.code));
	stream = fs.createReadStream(at("file"));
	stream.on("ready", () => stream.destroy());
	await finished(stream).catch((error) => console.log(error.code));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
