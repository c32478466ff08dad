// stream/consumers: all that a stream, or another async iterable, gives, in one piece.
"use strict";

function bytesOf(piece) {
	return typeof piece === "string" ? Buffer.from(piece) : Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
}

async function buffer(stream) {
	const pieces = [];
	for await (const piece of stream)
		pieces.push(bytesOf(piece));
	return Buffer.concat(pieces);
}

async function arrayBuffer(stream) {
	const { buffer: bytes, byteOffset, byteLength } = await buffer(stream);
	return bytes.slice(byteOffset, byteOffset + byteLength);
}

async function blob(stream) {
	const pieces = [], { Blob } = require("buffer/blob");
	for await (const piece of stream)
		pieces.push(piece);
	return new Blob(pieces);
}

async function text(stream) {
	const decoder = new TextDecoder();
	let out = "";
	for await (const piece of stream)
		out += typeof piece === "string" ? piece : decoder.decode(piece, { stream: true });
	return out + decoder.decode();
}

async function json(stream) {
	return JSON.parse(await text(stream));
}

module.exports = { arrayBuffer, blob, buffer, text, json };
