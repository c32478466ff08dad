// Descriptors 1 and 2 belong to fs as well: what is written there stands among the lines of console and process.stdout,
// while the script loads and later.
const fs = require("fs");

fs.writeSync(1, "at once\n");
console.log(fs.writeSync(1, "half of "));
process.stdout.write("a line, ");
fs.writeSync(1, Buffer.from("xyzits end\nx").subarray(3, 11));
console.log(fs.writeSync(1, Buffer.from("0123456789\n"), 8), fs.writeSync(1, "0123\n", null, "latin1"));
fs.writeSync(1, new Uint8Array([0xc3]));
fs.writeSync(1, new DataView(new Uint8Array([0xa9, 0x0a]).buffer));
console.log(fs.writevSync(1, [Buffer.from("one "), Buffer.from("two\n")]));
fs.writeFileSync(1, "a file\n");
fs.appendFileSync(1, "more of it\n");
process.stdout.write(Buffer.from("é\n").subarray(0, 1));
process.stdout.write(Buffer.from("é\n").subarray(1));

for (const bad of [[1], [1, 5], [1, null], [1, Buffer.alloc(2), 3], [1, Buffer.alloc(2), 0, 3], ["1", "x"], [1, {}]])
	try {
		fs.writeSync(...bad);
		console.log("no error");
	} catch (error) {
		console.log(error.code, error.message);
	}

function later() {
	fs.writeSync(1, "at once, later\n");
	fs.write(1, "a text\n", (error, n, text) => {
		console.log(error, n, JSON.stringify(text));
		fs.write(1, Buffer.from("..bytes\n"), 2, 6, (error, n, bytes) => {
			console.log(error, n, bytes);
			fs.promises.writeFile("/dev/null", "").then(stream);
		});
	});
}

function stream() {
	const out = fs.createWriteStream(null, { fd: 1, autoClose: false });
	out.on("finish", () => console.log("finish", out.bytesWritten, out.pending, out.fd));
	out.on("close", () => console.log("closed"));
	out.write("of a stream\n");
	out.write("of a stream, too\n", () => console.log("written"));
	out.end("its end\n", () => setTimeout(() => console.log("done"), 5));
}

setTimeout(later, 5);
