// Transform: how pieces pass, flush, errors, back-pressure between its sides.
const { Transform, PassThrough } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const listen = (name, t) => t.on("data", (piece) => note(name, "data", typeof piece === "object" && !Buffer.isBuffer(piece) ? JSON.stringify(piece) : piece))
	.on("end", () => note(name, "end")).on("finish", () => note(name, "finish")).on("close", () => note(name, "close"))
	.on("error", (error) => note(name, "error", error.code, error.message));
const upper = listen("upper", new Transform({ transform(piece, encoding, done) {
	this.push(String(piece).toUpperCase());
	done(null, "!");
}, flush(done) {
	note("flush");
	done(null, "bye");
} }));
upper.write("one");
upper.end("two");
const later = listen("later", new Transform({ transform(piece, encoding, done) {
	setImmediate(done, null, `<${piece}>`);
}, flush(done) {
	setImmediate(() => {
		this.push("pushed");
		done();
	});
} }));
later.write("a", () => note("later cb a"));
later.write("b", () => note("later cb b"));
later.end(() => note("later cb end"));
const parse = listen("parse", new Transform({ readableObjectMode: true, transform(piece, encoding, done) {
	try {
		done(null, JSON.parse(piece));
	} catch (error) {
		done(new Error("no JSON"));
	}
} }));
parse.write('{"a":1}');
parse.write("[2]");
parse.write("broken");
const failing = listen("failing", new Transform({ transform(piece, encoding, done) {
	done();
}, flush(done) {
	done(new Error("in flush"));
} }));
failing.end("x");
const none = new Transform();
try {
	none.write("x");
} catch (error) {
	note("none", error.code, error.message);
}
const through = new PassThrough({ highWaterMark: 4 });
note(through.write("12"), through.write("34"), through.write("56"), through.writableLength, through.readableLength);
note(String(through.read()), through.writableLength, through.readableLength);
setImmediate(() => {
	note(String(through.read()), through.read(), through.writableLength, through.readableLength);
	const skip = listen("skip", new Transform({ transform(piece, encoding, done) {
		done(null, String(piece) === "no" ? null : piece);
	} }));
	for (const piece of ["yes", "no", "again"])
		skip.write(piece);
	skip.end();
});
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	console.log(order.join("\n"));
	console.log("done");
});
