// cork, uncork and _writev: what is written at once, with which encodings, and whose callbacks are called when.
const { Writable } = require("stream");
const order = [];
const note = (...args) => order.push(args.map((one) => typeof one === "object" ? JSON.stringify(one) : String(one)).join(" "));
const many = new Writable({
	decodeStrings: false,
	writev(pieces, done) {
		note("writev", pieces.map(({ chunk, encoding }) => `${chunk}/${encoding}`));
		setImmediate(done);
	},
	write(piece, encoding, done) {
		note("write", piece, encoding);
		setImmediate(done);
	},
	final(done) {
		note("final");
		done();
	},
});
many.cork();
many.cork();
many.write("a", "latin1", () => note("cb a"));
many.write("b", () => note("cb b"));
many.write(Buffer.from("c"), () => note("cb c"));
note(many.writableCorked, many.writableLength);
many.uncork();
note(many.writableCorked);
process.nextTick(() => {
	many.uncork();
	note("uncorked", many.writableCorked);
	many.uncork();
	many.write("d", () => note("cb d"));
	many.write("e", () => note("cb e"));
	many.write("f", () => note("cb f"));
	let rounds = 5;
	setImmediate(function last() {
		if (rounds-- > 0)
			return setImmediate(last);
		many.cork();
		many.write("g");
		many.end("h", () => note("cb end"));
		note(many.writableCorked);
	});
});
many.on("finish", () => {
	note("finish");
	const single = new Writable({ write(piece, encoding, done) {
		note("single", piece);
		done();
	} });
	single.cork();
	single.write("x");
	single.write("y");
	note(single.writableLength);
	single.uncork();
	note(single.writableLength);
	const bad = new Writable({ writev(pieces, done) {
		setImmediate(done, new Error("writev failed"));
	} });
	bad.on("error", (error) => note("error", error.message));
	bad.on("close", () => {
		console.log(order.join("\n"));
		console.log("done");
	});
	bad.cork();
	bad.write("1", (error) => note("cb 1", error.message));
	bad.write("2", (error) => note("cb 2", error.message));
	bad.uncork();
	bad.write("3", (error) => note("cb 3", error.message));
});
