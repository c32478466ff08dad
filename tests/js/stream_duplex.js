// Duplex: two sides that are independent, half-open or not, or one of them missing.
const { Duplex } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const make = (name, options) => new Duplex({ read() {}, write(piece, encoding, done) {
	note(name, "_write", piece);
	done();
}, ...options }).on("end", () => note(name, "end")).on("finish", () => note(name, "finish")).on("close", () => note(name, "close"))
	.on("error", (error) => note(name, "error", error.message));
const a = make("a");
a.on("data", (piece) => note("a data", piece));
a.push("in");
a.write("out");
a.push(null);
setImmediate(() => {
	note("a", a.readable, a.writable, a.readableEnded, a.writableEnded, a.destroyed, a.allowHalfOpen);
	a.end("bye");
});
const b = make("b", { allowHalfOpen: false });
b.resume();
b.push(null);
const c = make("c", { readable: false });
note("c", c.readable, c.writable);
c.end("c");
const d = make("d", { writable: false });
note("d", d.readable, d.writable);
d.on("data", (piece) => note("d data", piece));
d.push("d");
d.push(null);
const e = make("e", { readableObjectMode: true, writableHighWaterMark: 7, readableHighWaterMark: 3 });
note(e.readableObjectMode, e.writableObjectMode, e.writableHighWaterMark, e.readableHighWaterMark);
const f = make("f", { highWaterMark: 9, readableHighWaterMark: 3, writableObjectMode: true });
note(f.readableObjectMode, f.writableObjectMode, f.writableHighWaterMark, f.readableHighWaterMark);
e.destroy(new Error("e"));
note(e.readable, e.writable, e.destroyed);
const g = make("g");
g.end();
setImmediate(() => {
	note("g", g.readable, g.writable, g.destroyed);
	g.resume();
	g.push(null);
});
class Own extends Duplex {
	_read() {
		this.push(null);
	}

	_write(piece, encoding, done) {
		done();
	}
}
const own = new Own();
own.on("close", () => note("own close"));
own.resume().end();
f.destroy();
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	console.log(order.join("\n"));
	console.log("done");
});
