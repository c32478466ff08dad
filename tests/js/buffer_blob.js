// Blob: its parts, slices, types, and what is refused.
"use strict";

const buffer = require("buffer");
const { Blob } = buffer;

async function show(action) {
	try {
		console.log(JSON.stringify(await action()));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}

async function main() {
	const blob = new Blob(["aé", Buffer.from("b"), new Uint16Array([0x4142]), new ArrayBuffer(1), new Blob(["in"]),
		new DataView(new ArrayBuffer(2), 1), {}, 5], { type: "Text/Plain" });
	console.log(blob.size, blob.type, blob, `${blob}`, Object.keys(blob), Blob.length, globalThis.Blob === Blob);
	await show(() => blob.text());
	console.log(await blob.arrayBuffer());
	for (const range of [[1, 4], [-3], [0, -3], [5, 2], [], [undefined, 2], [100], [-100, 1], [2, 100]])
		await show(async () => [await blob.slice(...range).text(), blob.slice(...range).size]);
	for (const type of ["x/Y", "é", "\0", 5, undefined, null])
		await show(() => [blob.slice(0, 1, type).type, new Blob([], { type }).type]);
	for (const args of [["x"], [5], [null], [{}], [[], 5], [[], { endings: "x" }]])
		await show(() => new Blob(...args));
	for (const args of [[], [undefined], [[], null], [[], undefined], [new Set(["a", "b"])], ["ab".matchAll(/./g)], [["\ud800"]]])
		await show(async () => [...new Uint8Array(await new Blob(...args).arrayBuffer())]);
	const bytes = Buffer.from("before"), kept = new Blob([bytes]);
	bytes.fill("x");
	await show(() => kept.text());
	const part = new Uint8Array(await kept.arrayBuffer()).fill(0);
	await show(async () => [part.length, await kept.text()]);
	await show(() => Blob.prototype.text.call({}));
	await show(() => Blob.prototype.size);
	await show(() => new Blob(["a\r\nb\nc\rd"], { endings: "native" }).text());
	console.log("done");
}
main();
