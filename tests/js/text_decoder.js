// TextDecoder: labels, fatal, streams, byte order marks, UTF-16 and Latin-1.
const bytes = (...list) => new Uint8Array(list);
const tell = (run) => {
	try {
		return JSON.stringify(run());
	} catch (error) {
		return `${error.name} ${error.code}`;
	}
};
for (const label of ["utf-8", "UTF8", " utf-8 ", "unicode-1-1-utf-8", "utf-16le", "UTF-16", "latin1", "ascii", "iso-8859-1", "windows-1252", "us-ascii", "cp1252", "nope", "", "utf-7", undefined])
	console.log(label, tell(() => new TextDecoder(label).encoding));
const broken = [bytes(0xff), bytes(0xc3), bytes(0xe2, 0x82), bytes(0xf0, 0x9f, 0x98), bytes(0xed, 0xa0, 0x80), bytes(0xc0, 0x80), bytes(0x61, 0x80, 0x62), bytes(0xef, 0xbf, 0xbd), bytes(0xef, 0xbb, 0xbf, 0x61), bytes(0xef, 0xbb), bytes(0xf4, 0x90, 0x80, 0x80)];
for (const b of broken)
	console.log(tell(() => new TextDecoder().decode(b)), tell(() => new TextDecoder("utf-8", { fatal: true }).decode(b)), tell(() => new TextDecoder("utf-8", { ignoreBOM: true }).decode(b)));
const stream = new TextDecoder();
console.log([0xef, 0xbb, 0xbf, 0xe2, 0x98, 0x83, 0xf0, 0x9d, 0x84, 0x9e].map((b) => stream.decode(bytes(b), { stream: true })).join("|"), JSON.stringify(stream.decode()), JSON.stringify(stream.decode(bytes(0xe2), { stream: true })), JSON.stringify(stream.decode(bytes(0x61))));
const fatal = new TextDecoder("utf-8", { fatal: true });
console.log(tell(() => fatal.decode(bytes(0xe2, 0x98), { stream: true })), tell(() => fatal.decode(bytes(0x83), { stream: true })), tell(() => fatal.decode(bytes(0xe2), { stream: true })), tell(() => fatal.decode()), tell(() => fatal.decode(bytes(0x61))));
const wide = new TextDecoder("utf-16le");
console.log(tell(() => wide.decode(bytes(0x61, 0, 0x34, 0xd8, 0x1e, 0xdd))), tell(() => wide.decode(bytes(0xff, 0xfe, 0x61, 0))), tell(() => wide.decode(bytes(0x61), { stream: true })), tell(() => wide.decode(bytes(0, 0x62, 0))), tell(() => new TextDecoder("utf-16le", { fatal: true }).decode(bytes(0x61, 0, 0x62, 0))));
console.log(tell(() => new TextDecoder("latin1").decode(bytes(0x61, 0xe9, 0xff))));
for (const input of [undefined, new ArrayBuffer(2), new DataView(new ArrayBuffer(1)), new Uint16Array([0x6261]), Buffer.from("buffer"), new Uint8Array([1, 97, 98, 2]).subarray(1, 3)])
	console.log(tell(() => new TextDecoder().decode(input).replace(/\0/g, "0")));
for (const bad of ["text", 5, null, {}, []])
	console.log(tell(() => new TextDecoder().decode(bad)));
const d = new TextDecoder("utf-8", { fatal: 1, ignoreBOM: "yes" });
console.log(d.encoding, d.fatal, d.ignoreBOM, Object.prototype.toString.call(d), tell(() => TextDecoder()), tell(() => TextDecoder.prototype.decode.call({})));
console.log("done");
