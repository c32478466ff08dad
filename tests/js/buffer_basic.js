const encs = ["utf8", "hex", "base64", "base64url", "latin1", "ascii", "utf16le", "binary", "ucs2"];
for (const text of ["", "hello", "ümläut ☃ 𝄞", "\ud800x", "a\0b"])
	for (const enc of encs) {
		const b = Buffer.from(text, enc);
		console.log(JSON.stringify(text), enc, b.toString("hex"), JSON.stringify(b.toString(enc)), Buffer.byteLength(text, enc));
	}
for (const bytes of [[0xff, 0xfe], [0xe2, 0x82], [0xf0, 0x9d, 0x84, 0x9e], [0xc0, 0x80], [0xed, 0xa0, 0x80], [0x61, 0xe2, 0x82, 0x61], [0xf4, 0x90, 0x80, 0x80]])
	console.log(JSON.stringify(Buffer.from(bytes).toString()), encs.map((e) => Buffer.from(bytes).toString(e).length).join());
console.log(Buffer.from("68656c6c6fzz", "hex"), Buffer.from("abc", "hex"), Buffer.from("aGk", "base64"), Buffer.from("a-_b", "base64"), Buffer.from("YQ=="  , "base64").toString(), Buffer.from("Y Q\n=", "base64").toString());
console.log(Buffer.alloc(5, "ab"), Buffer.alloc(3, 1), Buffer.alloc(4, "6162", "hex"), Buffer.alloc(2), Buffer.from([1, 256, -1, 3.7, "5"]), Buffer.from({ length: 2, 0: 7, 1: 8 }), Buffer.from({ type: "Buffer", data: [1, 2] }));
console.log(Buffer.concat([Buffer.from("ab"), Buffer.from("cd")]), Buffer.concat([Buffer.from("ab"), Buffer.from("cd")], 3), Buffer.concat([]), Buffer.concat([Buffer.from("a")], 4));
const b = Buffer.from("hello world");
console.log(b.slice(0, 5).toString(), b.subarray(-5).toString(), b.slice(2, -2).toString(), b.indexOf("o"), b.indexOf("o", 5), b.lastIndexOf("o"), b.includes("wor"), b.indexOf(Buffer.from("ld")), b.indexOf(111), b.indexOf("x"), b.indexOf("", 3), b.lastIndexOf("l", -3));
console.log(b.equals(Buffer.from("hello world")), Buffer.compare(Buffer.from("a"), Buffer.from("b")), b.compare(Buffer.from("hello")), JSON.stringify(Buffer.from("hi")), b.toString("utf8", 3, 8), b.toString(undefined, 6));
console.log(b.write("HE"), b.toString(), b.write("xyz", 9), b.toString(), b.copy(b, 0, 6), b.toString(), b.fill("ab", 2, 6).toString(), b.fill(0x7a).toString());
console.log(Buffer.isBuffer(b), Buffer.isBuffer(new Uint8Array(1)), Buffer.isEncoding("UTF-8"), Buffer.isEncoding("nope"), b instanceof Uint8Array, Buffer.from(new Uint16Array([1, 258])), b.length, b.byteLength, [...Buffer.from("ab").entries()]);
console.log(Buffer.from("0102030405060708", "hex").swap16(), Buffer.from("01020304", "hex").swap32(), Buffer.from(new Uint8Array([1, 2, 3]).buffer, 1, 1), atob("aGk="), btoa("hi"));
for (const bad of [() => Buffer.from(5), () => Buffer.from(null), () => Buffer.from("a", "nope"), () => Buffer.alloc("1"), () => b.equals("x"), () => Buffer.concat("x"), () => Buffer.concat([1]), () => b.indexOf({}), () => Buffer.from("abc").swap16(), () => btoa("☃"), () => Buffer.from({})])
	try { bad(); console.log("no error"); } catch (error) { console.log(error.name, error.code, error.message); }
const shared = new Uint8Array([1, 2, 3]), view = Buffer.from(shared.buffer); shared[0] = 9; console.log(view, Buffer.from(shared).buffer === shared.buffer, "done");
