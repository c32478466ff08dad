// stream/promises: pipeline and finished, with signals.
const { pipeline, finished } = require("stream/promises");
const stream = require("stream");
const { Readable, Writable, PassThrough } = stream;
const sink = (out) => new Writable({ write(piece, encoding, done) {
	out.push(String(piece));
	done();
} });
(async () => {
	console.log(stream.promises.pipeline === require("stream").promises.pipeline);
	const out = [];
	console.log(await pipeline(Readable.from(["a", "b"]), new PassThrough(), sink(out)), out);
	console.log(await pipeline(["x"], async (source) => {
		let n = 0;
		for await (const piece of source)
			n += piece.length;
		return n;
	}));
	await pipeline(Readable.from(["a"]), async function* () {
		throw new Error("in the middle");
	}, sink([])).catch((error) => console.log(error.message));
	const stop = new AbortController();
	const waiting = new Readable({ read() {} }), last = sink([]);
	const stopped = pipeline(waiting, last, { signal: stop.signal });
	stop.abort();
	await stopped.catch((error) => console.log(error.name, error.code, waiting.destroyed, last.destroyed));
	const open = new PassThrough();
	await pipeline(Readable.from(["p"]), open, { end: false });
	console.log(open.writableEnded, String(open.read()));
	await pipeline(Readable.from(["q"]), sink([]), { signal: AbortSignal.abort() }).catch((error) => console.log(error.name));
	const r = Readable.from(["z"]);
	r.resume();
	console.log(await finished(r));
	const broken = new PassThrough();
	process.nextTick(() => broken.destroy(new Error("broken")));
	await finished(broken).catch((error) => console.log(error.message));
	await finished(new PassThrough(), { signal: AbortSignal.abort() }).catch((error) => console.log(error.name, error.code));
	await require("util").promisify(stream.finished)(broken).catch((error) => console.log("promisified", error.message));
	await require("util").promisify(stream.pipeline)(Readable.from(["y"]), sink(out));
	console.log(out, "done");
})();
