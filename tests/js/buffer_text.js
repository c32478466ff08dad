// Texts and bytes: what is broken, what is left over, and the lengths that byteLength tells.
const bytes = (...list) => Buffer.from(list);
for (const b of [bytes(0xc3), bytes(0xe2, 0x98), bytes(0xf0, 0x9d, 0x84), bytes(0x80), bytes(0xc0, 0xaf), bytes(0xe0, 0x80, 0x80), bytes(0xed, 0xa0, 0x80), bytes(0xf4, 0x90, 0x80, 0x80), bytes(0xf8, 0x88, 0x80, 0x80, 0x80),
	bytes(0x61, 0xff, 0x62), bytes(0xe2, 0x28, 0xa1), bytes(0xf0, 0x9d, 0x61, 0x84), bytes(0xef, 0xbb, 0xbf, 0x61), bytes(0xf0, 0x9f, 0x98, 0x80), bytes(0xee, 0x80, 0x80), bytes(0xc2, 0x41), bytes(0xe1, 0xa0, 0xc2, 0x41), bytes(0xf1, 0x80, 0x80, 0xe1, 0x80, 0xc2, 0x62, 0x80)])
	console.log(b.toString("hex"), JSON.stringify(b.toString()), encodeURIComponent(b.toString("latin1")), encodeURIComponent(b.toString("ascii")), b.toString("utf16le").length);
for (const text of ["", "a", "é", "☃", "𝄞", "\ud834", "\udd1e\ud834", "\u0000", "=", "====", "YQ", "YQ=", "YQ==", "Y Q = =", "YQ==YQ==", "-_-_", "zz", "abc", "abcg12", "0x12"])
	console.log(JSON.stringify(text), ["utf8", "utf16le", "latin1", "ascii", "hex", "base64", "base64url"].map((e) => `${Buffer.byteLength(text, e)}:${Buffer.from(text, e).toString("hex")}`).join(" "));
console.log(Buffer.byteLength(new ArrayBuffer(5)), Buffer.byteLength(new DataView(new ArrayBuffer(3))), Buffer.byteLength(Buffer.from("é")), Buffer.byteLength("é", "nope"), Buffer.byteLength("é", null));
for (const bad of [5, null, undefined, {}, []])
	try {
		Buffer.byteLength(bad);
	} catch (error) {
		console.log(error.code, error.message);
	}
const b = Buffer.from("hello wörld");
for (const args of [["utf8", 3], ["utf8", -3], ["utf8", 2, 4], ["latin1", 4, 2], ["utf8", 0, 99], ["hex", 8, 10], ["base64", 1, 3], [undefined, 6, 7], ["utf8", "1", "3"], ["utf8", 1.9, 3.9], ["utf8", NaN, 2], ["utf8", 99], ["utf8", 0, null]])
	console.log(JSON.stringify(args), JSON.stringify(b.toString(...args)));
for (const bad of ["nope", null, "", 5])
	try {
		b.toString(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(`${b}`, b + "", String(b), b.toLocaleString(), JSON.stringify({ b: b.subarray(0, 2) }));
for (let n = 0; n < 8; n++)
	console.log(Buffer.alloc(n, 0xfb).toString("base64"), Buffer.alloc(n, 0xfb).toString("base64url"));
console.log("done");
