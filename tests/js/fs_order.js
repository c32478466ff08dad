// When callbacks of fs come: never at once, and after what has been queued.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-order-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const order = [];
	await new Promise((resolve) => {
		fs.stat(dir, () => {
			order.push("stat");
			process.nextTick(() => order.push("tick in stat"));
			Promise.resolve().then(() => order.push("microtask in stat"));
			setImmediate(() => {
				order.push("immediate in stat");
				resolve();
			});
		});
		process.nextTick(() => order.push("tick"));
		Promise.resolve().then(() => order.push("microtask"));
		order.push("sync");
	});
	console.log(order.join());
	const chain = [];
	await new Promise((resolve) => fs.writeFile(at("a"), "1", () => {
		chain.push("written");
		fs.readFile(at("a"), "utf8", (error, text) => {
			chain.push(text);
			fs.unlink(at("a"), () => {
				chain.push("gone");
				resolve();
			});
		});
	}));
	console.log(chain.join());
	const thrown = await new Promise((resolve) => {
		process.once("uncaughtException", resolve);
		fs.stat(dir, () => {
			throw new Error("in a callback");
		});
	});
	console.log(thrown.message);
	let called = 0;
	fs.close(999, () => called++);
	console.log(called);
	await new Promise((resolve) => fs.stat(dir, resolve));
	const handle = await fs.promises.open(at("many"), "w");
	await Promise.all(Array.from({ length: 100 }, (_, i) => handle.write(Buffer.from([65 + i % 26]), 0, 1, i)));
	await handle.close();
	console.log(await fs.promises.readFile(at("many"), "utf8"), called);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
