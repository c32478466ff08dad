// What goes wrong while writing, and who hears of it.
const { Writable } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const listen = (name, w) => w.on("error", (error) => note(name, "error", error.code, error.message, w.destroyed))
	.on("close", () => note(name, "close", w.errored && w.errored.message)).on("finish", () => note(name, "finish"));
const sync = listen("sync", new Writable({ write(piece, encoding, done) {
	done(new Error("at once"));
} }));
note(sync.write("a", (error) => note("sync cb", error.message)));
note(sync.write("b", (error) => note("sync cb b", error && error.message)));
const later = listen("later", new Writable({ write(piece, encoding, done) {
	setImmediate(done, new Error("later"));
} }));
later.write("a", (error) => note("later cb", error.message));
later.write("b", (error) => note("later cb b", error.message));
later.end((error) => note("later end", error && error.message));
const ended = listen("ended", new Writable({ write(piece, encoding, done) {
	done();
} }));
ended.end("x");
ended.write("y", (error) => note("ended cb", error.code));
const twice = listen("twice", new Writable({ write(piece, encoding, done) {
	done();
	done();
} }));
twice.write("x");
const final = listen("final", new Writable({ write(piece, encoding, done) {
	done();
}, final(done) {
	done(new Error("in final"));
} }));
final.end();
const gone = listen("gone", new Writable({ write(piece, encoding, done) {
	done();
} }));
gone.destroy();
gone.write("x", (error) => note("gone cb", error.code));
gone.end((error) => note("gone end", error && error.code));
const pending = listen("pending", new Writable({ write() {} }));
pending.write("1", (error) => note("pending 1", error && error.code));
pending.write("2", (error) => note("pending 2", error && error.code));
pending.end((error) => note("pending end", error && error.code));
pending.destroy();
const thrower = listen("thrower", new Writable({ write() {
	throw new Error("thrown in _write");
} }));
try {
	thrower.write("x");
} catch (error) {
	note("caught", error.message, thrower.destroyed);
}
const none = listen("none", new Writable());
try {
	none.write("x");
} catch (error) {
	note("caught", error.code, error.message);
}
const kept = listen("kept", new Writable({ autoDestroy: false, write(piece, encoding, done) {
	done(new Error("kept"));
} }));
kept.write("x");
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	note(kept.destroyed, kept.writable, sync.writable, sync.writableErrored && 1, sync.destroyed);
	console.log(order.join("\n"));
	console.log("done");
});
