// destroy: the order of events, _destroy and its callback, destroying twice, errors without a listener.
const { Readable } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const a = new Readable({ read() {}, destroy(error, done) {
	note("_destroy a", error && error.message);
	setImmediate(() => {
		note("a destroyed");
		done(error);
	});
} });
a.on("error", (error) => note("a error", error.message, a.closed)).on("close", () => note("a close", a.closed, a.errored));
note(a.destroy(new Error("first")) === a, a.destroyed, a.closed, a.errored);
a.destroy(new Error("second"));
a.push("ignored");
note("read", a.read(), a.readable);
const b = new Readable({ read() {} });
b.on("close", () => note("b close", b.destroyed, b.readableAborted, b.errored)).on("end", () => note("never"));
b.push("data");
b.destroy();
b.on("data", () => note("never"));
const c = new Readable({ read() {}, destroy(error, done) {
	done(new Error("from _destroy"));
} });
c.on("error", (error) => note("c", error.message)).on("close", () => note("c close"));
c.destroy();
const d = new Readable({ read() {}, emitClose: false });
d.on("close", () => note("never")).on("error", (error) => note("d", error.message));
d.destroy(new Error("no close"));
const e = new Readable({ read() {}, autoDestroy: false });
e.on("close", () => note("e close")).on("end", () => note("e end", e.destroyed));
e.resume();
e.push(null);
const f = new Readable({ read() {}, destroy() {
	throw new Error("thrown in _destroy");
} });
f.on("error", (error) => note("f", error.message));
try {
	f.destroy();
} catch (error) {
	note("f threw", error.message);
}
const g = new Readable({ read() {}, signal: AbortSignal.abort("reason") });
g.on("error", (error) => note("g", error.name, error.code, error.message, error.cause));
const h = new Readable({ construct(done) {
	note("construct");
	setImmediate(() => {
		note("constructed");
		done();
	});
}, read() {
	note("h _read");
	this.push(null);
}, destroy(error, done) {
	note("h _destroy");
	done(error);
} });
h.resume();
h.on("end", () => note("h end")).on("close", () => note("h close"));
const i = new Readable({ construct(done) {
	done(new Error("construct failed"));
}, read() {
	note("never");
} });
i.on("error", (error) => note("i", error.message)).on("close", () => note("i close"));
i.resume();
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	console.log(order.join("\n"));
	console.log("done");
});
