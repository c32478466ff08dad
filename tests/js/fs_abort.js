// AbortSignal in readFile, writeFile and streams.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-abort-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const show = (error) => console.log(error.name, error.code, error.message, error.cause && error.cause.name);
	const controller = new AbortController();
	controller.abort();
	const { signal } = controller;
	await fs.promises.writeFile(at("file"), "text");
	await new Promise((resolve) => fs.readFile(at("file"), { signal }, (error) => resolve(show(error))));
	await new Promise((resolve) => fs.writeFile(at("file"), "other", { signal }, (error) => resolve(show(error))));
	await fs.promises.readFile(at("file"), { signal }).catch(show);
	await fs.promises.writeFile(at("file"), "other", { signal }).catch(show);
	await fs.promises.writeFile(at("file"), ["other"], { signal }).catch(show);
	console.log(await fs.promises.readFile(at("file"), "utf8"));
	await fs.promises.writeFile(at("big"), Buffer.alloc(3000000));
	const later = new AbortController();
	const reading = fs.promises.readFile(at("big"), { signal: later.signal });
	later.abort();
	await reading.catch(show);
	const reasons = new AbortController();
	reasons.abort(new RangeError("mine"));
	await fs.promises.readFile(at("file"), { signal: reasons.signal }).catch((error) => console.log(error.name, error.cause.message));
	const streams = new AbortController();
	const stream = fs.createReadStream(at("big"), { signal: streams.signal });
	stream.on("data", () => streams.abort());
	stream.on("error", show);
	await new Promise((resolve) => stream.on("close", resolve));
	console.log(stream.destroyed, stream.bytesRead > 0, stream.bytesRead < 3000000);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
