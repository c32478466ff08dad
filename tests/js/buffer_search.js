// indexOf, lastIndexOf and includes, with every kind of value and offset.
const b = Buffer.from("this is a buffer, this is");
const found = [];
for (const value of ["is", "th", "", "zz", "buffer", 105, 256 + 105, 0x74, Buffer.from("is"), Buffer.alloc(0), new Uint8Array([97, 32]), "x".repeat(30)])
	for (const offset of [undefined, 0, 3, -3, -100, 100, 25, 24, 5.7, null, NaN, {}, [], true, Infinity, -Infinity])
		found.push(`${b.indexOf(value, offset)}/${b.lastIndexOf(value, offset)}/${+b.includes(value, offset)}`);
for (let i = 0; i < found.length; i += 17)
	console.log(found.slice(i, i + 17).join(" "));
console.log(b.indexOf("6973", "hex"), b.indexOf("6973", 3, "hex"), b.lastIndexOf("aXM=", "base64"), b.includes("é", "latin1"));
const wide = Buffer.from("abcabc", "utf16le");
console.log(wide.indexOf("c", "utf16le"), wide.indexOf("b", 3, "utf16le"), wide.lastIndexOf("b", "utf16le"), wide.lastIndexOf("b", 6, "utf16le"), wide.lastIndexOf("b", -5, "ucs2"));
for (const bad of [{}, [], null, undefined, true])
	try {
		b.indexOf(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
try {
	b.indexOf("a", 0, "nope");
} catch (error) {
	console.log(error.name, error.code, error.message);
}
console.log(Buffer.alloc(0).indexOf("a"), Buffer.alloc(0).indexOf(""), Buffer.alloc(0).lastIndexOf(""), "done");
