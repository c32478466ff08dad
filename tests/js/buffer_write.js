// write: its forms, what does not fit, and each encoding.
const show = (b) => b.toString("hex");
const b = Buffer.alloc(6);
console.log(b.write("abc"), show(b), b.write("de", 4), show(b), b.write("xyz", 5), show(b));
console.log(b.write("zzzzzz", 1, 2), show(b), b.write("ff00", "hex"), show(b), b.write("0a0b0c", 1, "hex"), show(b));
console.log(b.write("0a0b0c0d0e", 2, 3, "hex"), show(b), b.write("aGVsbG8=", "base64"), show(b.fill(0)), b.write("a-_b", 0, "base64url"), show(b));
for (const [text, room] of [["☃☃", 4], ["é", 1], ["a☃", 3], ["𝄞", 3], ["aé𝄞", 6], ["\ud834", 2]]) {
	const small = Buffer.alloc(room);
	console.log(JSON.stringify(text), small.write(text), show(small));
}
const wide = Buffer.alloc(5);
console.log(wide.write("abc", "utf16le"), show(wide), wide.write("ü", 3, "ucs2"), show(wide), wide.write("é", 4, "latin1"), show(wide), wide.write("é", 0, "ascii"), show(wide));
console.log(wide.write(""), wide.write("abc", 5), wide.write("abc", 2, 0), Buffer.alloc(0).write("x"));
for (const args of [["x", -1], ["x", 7], ["x", 1.5], ["x", 0, -1], ["x", 0, 9], [5], [null], [], ["x", 0, 1, "nope"], ["x", "nope"], ["x", {}]])
	try {
		console.log(JSON.stringify(args), b.write(...args));
	} catch (error) {
		console.log(JSON.stringify(args), error.name, error.code, error.message);
	}
console.log(b.utf8Write("hi", 1, 2), show(b), b.latin1Write("é", 0, 1), show(b), b.hexWrite("abcd", 4), show(b));
console.log(b.utf8Slice(1, 3), b.hexSlice(), b.latin1Slice(0, 1), b.base64Slice(0, 3));
console.log("done");
