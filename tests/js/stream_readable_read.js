// read(n): the sizes, what it gives at the end, and objects.
const { Readable } = require("stream");
const show = (piece) => piece === null ? "null" : JSON.stringify(String(piece));
const r = new Readable({ read() {} });
r.push("abc");
r.push("defg");
r.push(Buffer.from("hij"));
console.log(r.readableLength, show(r.read(2)), r.readableLength, show(r.read(3)), show(r.read(0)), r.readableLength);
console.log(show(r.read(100)), show(r.read(5)), r.readableLength, show(r.read()));
r.push("last");
r.push(null);
console.log(show(r.read(100)), r.readableLength, show(r.read()), show(r.read()));
r.on("end", () => console.log("end"));

const objects = new Readable({ objectMode: true, read() {} });
for (const item of [0, false, "", { a: 1 }, [1], undefined])
	console.log(objects.push(item), objects.readableLength);
objects.push(null);
for (let i = 0; i < 7; i++)
	console.log(objects.read(i), objects.readableLength);
console.log(objects.readableHighWaterMark, objects.readableObjectMode, r.readableObjectMode);

const text = new Readable({ encoding: "utf8", read() {} });
text.push(Buffer.from([0xe2, 0x98]));
console.log(show(text.read()), text.readableLength);
text.push(Buffer.from([0x83, 0x61]));
console.log(show(text.read()), text.readableEncoding);
text.push(Buffer.from([0xe2]));
text.push(null);
console.log(show(text.read()));
const late = new Readable({ read() {} });
late.push(Buffer.from("é☃"));
late.setEncoding("utf8");
console.log(late.readableLength, show(late.read(1)), show(late.read()), late.readableEncoding, r.readableEncoding);
late.push("e9", "hex");
late.push("w6k=", "base64");
console.log(show(late.read()));
const back = new Readable({ read() {} });
back.push("world");
back.unshift("hello ");
console.log(show(back.read()));
back.unshift(Buffer.from("x"));
console.log(back.readableLength, show(back.read()));
console.log(back.push(""), back.readableLength, back.push(Buffer.alloc(0)));
for (const size of [-1, NaN, "2", 1.5]) {
	back.push("abcd");
	console.log(size, show(back.read(size)), back.readableLength);
}
setImmediate(() => console.log("done"));
