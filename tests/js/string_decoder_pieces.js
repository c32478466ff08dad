// StringDecoder over every cut of texts and of broken bytes.
const { StringDecoder } = require("string_decoder");
const bytes = { text: Buffer.from("aé☃𝄞z"), broken: Buffer.from([0x61, 0xe2, 0x82, 0x62, 0xf0, 0x9d, 0x63, 0xc3, 0x28, 0xff, 0xe2]), surrogates: Buffer.from([0xed, 0xa0, 0xb5, 0xf4, 0x90, 0x80, 0x80, 0xc0, 0xaf]), wide: Buffer.from("a𝄞é", "utf16le"), odd: Buffer.from([0x34, 0xd8, 0x61, 0, 0x1e]) };
const show = (text) => JSON.stringify(text).replace(/[\u007f-\u009f]/g, "?");
for (const encoding of ["utf8", "utf16le", "base64", "base64url", "hex", "latin1", "ascii"])
	for (const [name, all] of Object.entries(bytes))
		for (const size of [1, 2, 3, 5]) {
			const decoder = new StringDecoder(encoding), out = [];
			for (let i = 0; i < all.length; i += size)
				out.push(show(decoder.write(all.subarray(i, i + size))));
			out.push(show(decoder.end()));
			console.log(encoding, name, size, out.join("|"));
		}
const d = new StringDecoder("utf8");
console.log(show(d.write(Buffer.from([0xe2]))), d.lastNeed, d.lastTotal, show(d.end(Buffer.from([0x98, 0x83]))), show(d.end()), show(d.write(Buffer.from("again"))), show(d.end(Buffer.from([0xf0, 0x9d]))));
console.log(d.encoding, new StringDecoder("UTF-8").encoding, new StringDecoder("ucs2").encoding, new StringDecoder("binary").encoding, new StringDecoder(undefined).encoding, new StringDecoder(null).encoding, d.write("text"), d.write(new Uint8Array([97])), d.write(new DataView(new Uint8Array([98]).buffer)), d.end("x"));
for (const bad of [undefined, null, 5, {}, []])
	try {
		d.write(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
for (const bad of ["nope", 5, {}])
	try {
		new StringDecoder(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log("done");
