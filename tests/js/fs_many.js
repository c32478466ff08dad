// Many operations at once, each with its own answer.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-many-"));
const at = (name) => path.join(dir, name);

async function main() {
	const names = Array.from({ length: 60 }, (_, i) => `file${String(i).padStart(3, "0")}`);
	await Promise.all(names.map((name) => fs.promises.writeFile(at(name), name.repeat(100))));
	const texts = await Promise.all(names.map((name) => fs.promises.readFile(at(name), "utf8")));
	console.log(texts.every((text, i) => text === names[i].repeat(100)));
	const sizes = await Promise.all(names.map((name) => new Promise((resolve) => fs.stat(at(name), (error, stats) => resolve(stats.size)))));
	console.log(new Set(sizes).size, sizes[0]);
	await Promise.all(names.map((name) => new Promise((resolve) => fs.createReadStream(at(name)).pipe(fs.createWriteStream(at(`${name}.copy`))).on("close", resolve))));
	const copies = await Promise.all(names.map((name) => fs.promises.readFile(at(`${name}.copy`), "utf8")));
	console.log(copies.every((text, i) => text === texts[i]), (await fs.promises.readdir(dir)).length);
	const results = await Promise.allSettled([...names, "none1", "none2"].map((name) => fs.promises.unlink(at(name))));
	console.log(results.filter((one) => one.status === "rejected").map((one) => one.reason.code).join());
	const handles = await Promise.all(names.map((name) => fs.promises.open(at(`${name}.copy`), "r+")));
	console.log(new Set(handles.map((handle) => handle.fd)).size);
	await Promise.all(handles.map((handle, i) => handle.write(`<${i}>`, 0)));
	const heads = await Promise.all(handles.map((handle) => handle.read(Buffer.alloc(3), 0, 3, 0)));
	console.log(heads.map(({ buffer }) => buffer.toString()).slice(0, 12).join());
	await Promise.all(handles.map((handle) => handle.close()));
	console.log(handles.every((handle) => handle.fd === -1));
	let order = "";
	await Promise.all(["a", "b", "c"].map(async (letter) => {
		for (let i = 0; i < 3; i++)
			await fs.promises.stat(dir);
		order += letter;
	}));
	console.log([...order].sort().join(""));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
