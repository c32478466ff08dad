// buffer.transcode, isUtf8 and isAscii.
"use strict";

const { transcode, isUtf8, isAscii } = require("buffer");

function show(...args) {
	try {
		console.log(transcode(...args));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}

for (const [from, to] of [["utf8", "ucs2"], ["utf8", "latin1"], ["utf8", "ascii"], ["ucs2", "utf8"], ["latin1", "utf8"], ["utf8", "utf8"],
	["latin1", "ucs2"], ["ucs2", "latin1"], ["ucs2", "ascii"], ["binary", "utf-8"], ["ascii", "utf8"], ["latin1", "latin1"], ["latin1", "ascii"]])
	show(Buffer.from("a€é", from), from, to);
show(Buffer.from("x"), "hex", "utf8");
show(Buffer.from("x"), "nope", "utf8");
show("x", "utf8", "ascii");
show(Buffer.alloc(0), "utf8", "ucs2");
show(new Uint8Array([65]), "utf8", "ucs2");
show(Buffer.from("x"), "utf8");
show(Buffer.from("😀"), "utf8", "latin1");
show(Buffer.from([0xc3, 0x41]), "utf8", "latin1");
show(Buffer.from([0xc3, 0x41]), "utf8", "ucs2");
for (const bytes of [Buffer.from("é"), Buffer.from([0xc3]), new Uint8Array(), Buffer.from([0xed, 0xa0, 0x80]), Buffer.from([0xf4, 0x90, 0x80, 0x80]),
	Buffer.from("\ufeffx"), new Uint16Array([0xc3]), Buffer.from([0x7f, 0x80])])
	console.log(isUtf8(bytes), isAscii(bytes));
for (const bad of ["x", {}, undefined])
	for (const is of [isUtf8, isAscii])
		try {
			is(bad);
		} catch (error) {
			console.log(error.name, error.code);
		}
console.log("done");
