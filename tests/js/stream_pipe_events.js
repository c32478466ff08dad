// pipe: its events, several sinks, unpipe, ending or not, and a sink that fails.
const { Readable, Writable, PassThrough } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const sink = (name, options) => new Writable({ write(piece, encoding, done) {
	note(name, piece);
	setImmediate(done);
}, ...options }).on("pipe", (from) => note(name, "pipe", from instanceof Readable)).on("unpipe", () => note(name, "unpipe"))
	.on("finish", () => note(name, "finish")).on("close", () => note(name, "close"));
const source = (items, name) => {
	const list = [...items];
	return new Readable({ read() {
		this.push(list.length > 0 ? list.shift() : null);
	} }).on("end", () => note(name, "end")).on("pause", () => note(name, "pause")).on("resume", () => note(name, "resume"));
};
const s = source(["a", "b", "c"], "s"), one = sink("one"), slow = sink("slow", { highWaterMark: 1 });
note(s.pipe(one) === one);
s.pipe(slow, { end: false });
slow.on("drain", () => note("slow drain"));
one.on("close", () => {
	note("slow ended", slow.writableEnded);
	const t = source(["d", "e"], "t"), two = sink("two"), bad = sink("bad", { write(piece, encoding, done) {
		setImmediate(done, new Error("sink failed"));
	} });
	t.pipe(two);
	t.pipe(bad);
	bad.on("error", (error) => note("bad error", error.message, t.destroyed));
	two.on("close", () => {
		const u = source(["f", "g"], "u"), x = sink("x"), y = sink("y");
		u.pipe(x);
		u.pipe(y);
		note(u.unpipe(x) === u, u.listenerCount("data"));
		u.unpipe(sink("stranger"));
		u.unpipe();
		note(u.listenerCount("data"), u.readableFlowing, u.listenerCount("end"));
		const through = new PassThrough();
		u.pipe(through).pipe(y);
		y.on("close", () => {
			const early = new Readable({ read() {} });
			early.pipe(sink("z")).on("unpipe", () => note("z unpipe seen"));
			early.destroy();
			setImmediate(() => {
				console.log(order.join("\n"));
				console.log("done");
			});
		});
	});
});
