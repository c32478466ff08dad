// createWriteStream: its events, flags, start, bytesWritten.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-write-stream-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

function watch(label, stream) {
	const seen = [];
	for (const name of ["open", "ready", "drain", "finish", "close", "error", "prefinish"])
		stream.on(name, (value) => seen.push(name === "error" ? `error ${value.code} ${value.syscall}` : name));
	return new Promise((resolve) => stream.on("close", () => resolve(console.log(label, seen.join()))));
}
const text = (name = "file") => fs.promises.readFile(at(name), "utf8");

async function main() {
	let stream = fs.createWriteStream(at("file"));
	console.log(stream instanceof fs.WriteStream, said(stream.path), stream.flags, stream.mode, stream.fd, stream.pending, stream.bytesWritten,
		stream.writableHighWaterMark, stream.start, stream.autoClose);
	console.log(stream.write("hello "), stream.write(Buffer.from("world")), stream.write("21", "hex"));
	stream.end("?", () => console.log("end's callback", stream.bytesWritten));
	await watch("plain", stream);
	console.log(await text(), stream.bytesWritten, stream.fd, stream.destroyed, stream.closed);
	stream = fs.createWriteStream(at("file"), { flags: "a" });
	stream.end(" appended");
	await watch("a", stream);
	console.log(await text());
	stream = fs.createWriteStream(at("file"), { flags: "r+", start: 6 });
	stream.write("THE");
	stream.end("RE");
	await watch("r+", stream);
	console.log(await text(), stream.pos);
	stream = fs.createWriteStream(at("empty"), { mode: 0o600 });
	stream.end();
	await watch("empty", stream);
	console.log((await fs.promises.stat(at("empty"))).size, (await fs.promises.stat(at("empty"))).mode.toString(8));
	stream = fs.createWriteStream(at("encoded"), "base64");
	stream.end("aGk=");
	await watch("base64", stream);
	console.log(await text("encoded"));
	await watch("none", fs.createWriteStream(at("none/file")));
	await watch("folder", fs.createWriteStream(dir));
	await watch("exists", fs.createWriteStream(at("file"), { flags: "wx" }));
	stream = fs.createWriteStream(at("none/file"));
	stream.write("x", (error) => console.log("write's callback", error.code));
	stream.end("y", (error) => console.log("end's callback", error.code));
	await watch("none, written", stream);
	stream = fs.createWriteStream(at("destroyed"));
	stream.write("x");
	stream.destroy();
	await watch("destroyed", stream);
	stream = fs.createWriteStream(at("closed"));
	stream.write("before");
	await new Promise((resolve) => stream.close((error) => resolve(console.log("closed", error))));
	await new Promise((resolve) => stream.close((error) => resolve(console.log("closed again", error))));
	console.log(await text("closed"));
	stream = fs.createWriteStream(at("late"));
	stream.end("x");
	stream.on("error", (error) => console.log(error.code));
	stream.write("y", (error) => console.log(error.code));
	await new Promise((resolve) => stream.on("close", resolve));
	console.log(await text("late"));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
