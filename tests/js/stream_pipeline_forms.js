// pipeline: streams, iterables and functions; its value, and who is destroyed when it fails.
const { Readable, Writable, Transform, PassThrough, pipeline } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const collect = (name) => new Writable({ write(piece, encoding, done) {
	note(name, piece);
	done();
} });
const tell = (name, next) => (error, value) => {
	note(name, "over", error ? `${error.code} ${error.message}` : error, value);
	setImmediate(next);
};
const upper = () => new Transform({ transform(piece, encoding, done) {
	done(null, String(piece).toUpperCase());
} });
const steps = [
	(next) => pipeline(Readable.from(["a", "b"]), upper(), collect("1"), tell("1", next)),
	(next) => pipeline(["c", "d"], collect("2"), tell("2", next)),
	(next) => pipeline(async function* () {
		yield "e";
		yield "f";
	}, async function* (source) {
		for await (const piece of source)
			yield `${piece}${piece}`;
	}, collect("3"), tell("3", next)),
	(next) => pipeline(Readable.from(["g"]), async (source) => {
		let text = "";
		for await (const piece of source)
			text += piece;
		return text;
	}, tell("4", next)),
	(next) => pipeline([Readable.from(["h"]), upper(), collect("5")], tell("5", next)),
	(next) => {
		const r = Readable.from(["i", "j"]), w = collect("6");
		pipeline(r, new Transform({ transform(piece, encoding, done) {
			done(new Error("transform failed"));
		} }), w, (error) => {
			note("6", error.message, r.destroyed, w.destroyed);
			next();
		});
	},
	(next) => {
		const r = new Readable({ read() {} }), w = collect("7");
		pipeline(r, w, (error) => {
			note("7", error.code, error.message, w.destroyed);
			next();
		});
		r.destroy();
	},
	(next) => {
		const r = new Readable({ read() {} }), w = collect("8");
		pipeline(r, w, (error) => {
			note("8", error.code, r.destroyed);
			next();
		});
		w.destroy();
	},
	(next) => pipeline(async function* () {
		yield "k";
		throw new Error("source failed");
	}, new PassThrough(), collect("9"), (error) => {
		note("9", error.message);
		next();
	}),
	(next) => {
		const last = pipeline(Readable.from(["l"]), upper(), (error) => {
			note("10", error);
			next();
		});
		note(last instanceof Transform);
		last.on("data", (piece) => note("10 data", piece));
	},
];
for (const bad of [[], [() => {}], [Readable.from([]), () => {}], [Readable.from([]), collect("x")], [Readable.from([]), 5, () => {}]])
	try {
		pipeline(...bad);
	} catch (error) {
		note(error.name, error.code);
	}
const run = () => {
	if (steps.length > 0)
		return steps.shift()(run);
	console.log(order.join("\n"));
	console.log("done");
};
run();
