// construct, signal, destroy with what is unwritten, and subclasses.
const { Writable, addAbortSignal } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
class Sub extends Writable {
	_construct(done) {
		note("_construct");
		setImmediate(() => {
			note("constructed");
			done();
		});
	}

	_write(piece, encoding, done) {
		note("_write", piece);
		done();
	}

	_final(done) {
		note("_final");
		done();
	}

	_destroy(error, done) {
		note("_destroy", error);
		done(error);
	}
}
const sub = new Sub();
sub.write("early", () => note("cb"));
sub.end(() => note("end"));
sub.on("finish", () => note("finish")).on("close", () => note("close"));
const bad = new Writable({ construct(done) {
	setImmediate(done, new Error("no construct"));
}, write() {
	note("never");
} });
bad.on("error", (error) => note("bad", error.message)).on("close", () => note("bad close"));
bad.write("x", (error) => note("bad cb", error.message));
const stop = new AbortController();
const stopped = new Writable({ signal: stop.signal, write(piece, encoding, done) {
	note("stopped", piece);
	setImmediate(() => setImmediate(done));
} });
stopped.on("error", (error) => note(error.name, error.code, error.cause && error.cause.name));
stopped.write("1");
setImmediate(() => stop.abort());
const added = new Writable({ write() {} });
note(addAbortSignal(AbortSignal.abort(), added) === added, added.destroyed);
added.on("error", (error) => note("added", error.name));
for (const args of [[1, added], [undefined, added], [stop.signal, {}], [stop.signal]])
	try {
		addAbortSignal(...args);
	} catch (error) {
		note(error.name, error.code, error.message);
	}
note(new Sub() instanceof Writable, {} instanceof Writable, Writable.prototype instanceof require("events"));
note(Writable({ write() {} }) instanceof Writable);
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	console.log(order.join("\n"));
	console.log("done");
});
