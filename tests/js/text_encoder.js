// TextEncoder: encode and encodeInto.
const e = new TextEncoder();
for (const text of [undefined, "", "a", "é☃𝄞", "\ud800", "a\udc00b", "\ud834\udd1e", null, 5, {}, "\0"])
	console.log(Buffer.from(text === undefined ? e.encode() : e.encode(text)).toString("hex"));
console.log(e.encode("x").constructor === Uint8Array, e.encoding, Object.prototype.toString.call(e));
for (const [text, size] of [["abc", 5], ["abc", 2], ["é☃", 4], ["é☃", 5], ["𝄞x", 3], ["𝄞x", 5], ["\ud800a", 2], ["\ud800a", 4], ["", 3], ["abc", 0]]) {
	const into = new Uint8Array(size);
	console.log(JSON.stringify(text), size, e.encodeInto(text, into), Buffer.from(into).toString("hex"));
}
for (const args of [[], ["a"], ["a", {}], ["a", new Uint16Array(1)], [5, new Uint8Array(1)]])
	try {
		console.log(e.encodeInto(...args));
	} catch (error) {
		console.log(error.name, error.code);
	}
try {
	TextEncoder();
} catch (error) {
	console.log(error.name);
}
const buffer = Buffer.alloc(4);
console.log(e.encodeInto("hi", buffer), buffer, e.encodeInto("zz", buffer.subarray(2)), buffer, "done");
