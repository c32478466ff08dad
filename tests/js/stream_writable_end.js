// end(): its forms, its callback, ending twice, destroying at the end, and final.
const { Writable } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const make = (name, options) => new Writable({ write(piece, encoding, done) {
	note(name, "_write", piece, encoding);
	done();
}, ...options }).on("error", (error) => note(name, "error", error.code, error.message)).on("finish", () => note(name, "finish"))
	.on("close", () => note(name, "close"));
const a = make("a");
note(a.end("x", "latin1", () => note("a end")) === a, a.writableEnded, a.writableFinished, a.writable);
a.end((error) => note("a end again", !!error));
const b = make("b", { final(done) {
	note("b final");
	setImmediate(() => {
		note("b final done");
		done();
	});
} });
b.write("y");
b.end(() => note("b end"));
b.end("too late", (error) => note("b late", error && error.code));
const c = make("c", { decodeStrings: false, defaultEncoding: "latin1" });
c.write("z");
c.setDefaultEncoding("hex");
c.write("00");
c.write("w", "base64");
c.end(Buffer.from("buffer"), () => note("c end"));
for (const bad of ["nope", 5])
	try {
		c.setDefaultEncoding(bad);
	} catch (error) {
		note(error.name, error.code, error.message);
	}
const d = make("d", { autoDestroy: false });
d.end("only", () => {
	note("d end", d.destroyed);
	setImmediate(() => {
		d.end((error) => note("d end after", error && error.code, error && error.message));
		d.on("error", () => {});
	});
});
const e = make("e", { emitClose: false });
e.end();
const f = make("f", { objectMode: true, write(piece, encoding, done) {
	note("f", JSON.stringify(piece), typeof piece);
	done();
} });
for (const piece of [1, "text", false, { a: 1 }, [1], 0])
	f.write(piece);
try {
	f.write(null);
} catch (error) {
	note(error.code, error.message);
}
setImmediate(() => f.end(undefined));
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	console.log(order.join("\n"));
	console.log("done");
});
