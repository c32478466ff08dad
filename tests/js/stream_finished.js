// finished: for each kind of stream and each kind of end.
const { Readable, Writable, Duplex, PassThrough, finished } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const tell = (name) => function (error) {
	note(name, error ? `${error.name} ${error.code} ${error.message}` : String(error), arguments.length);
};
const r = Readable.from(["a"]);
finished(r, tell("readable"));
r.resume();
const w = new Writable({ write(piece, encoding, done) {
	done();
} });
finished(w, tell("writable"));
w.end("x");
const early = new Readable({ read() {} });
finished(early, tell("early"));
early.destroy();
const failed = new Readable({ read() {} });
finished(failed, tell("failed"));
failed.destroy(new Error("why"));
const half = new Duplex({ read() {}, write(piece, encoding, done) {
	done();
} });
finished(half, { readable: false }, tell("half written"));
finished(half, { writable: false }, tell("half read"));
half.end();
setImmediate(() => {
	half.push(null);
	half.resume();
});
const over = new PassThrough();
over.resume();
over.end();
over.on("close", () => finished(over, tell("over already")));
const gone = new Readable({ read() {} });
gone.destroy();
gone.on("close", () => finished(gone, tell("gone already")));
const clean = new PassThrough();
const cleanUp = finished(clean, tell("never"));
note(clean.listenerCount("end"), clean.listenerCount("error"), clean.listenerCount("finish"));
cleanUp();
clean.on("error", () => note("clean error"));
clean.destroy(new Error("x"));
const stop = new AbortController();
finished(new PassThrough(), { signal: stop.signal }, tell("aborted"));
stop.abort();
for (const args of [[], [{}, () => {}], [clean, "x"], [clean, {}, 1], [clean, null, null]])
	try {
		finished(...args);
	} catch (error) {
		note(error.name, error.code);
	}
const noError = new PassThrough();
noError.on("error", () => {});
finished(noError, { error: false }, tell("without error"));
noError.destroy(new Error("ignored"));
let rounds = 20;
setImmediate(function end() {
	if (rounds-- > 0)
		return setImmediate(end);
	console.log(order.join("\n"));
	console.log("done");
});
