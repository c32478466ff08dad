// What pipeline gives its functions: a signal, aborted when it is over or has failed, and what it refuses.
"use strict";

const { Duplex, Readable, Writable, compose } = require("stream");
const { finished, pipeline } = require("stream/promises");

function sink(name) {
	return new Writable({ write(piece, encoding, callback) {
		console.log(name, String(piece));
		callback();
	} });
}

async function fails(name, run) {
	try {
		console.log(name, await run());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
}

async function ended() {
	const signals = [];
	await pipeline(async function* ({ signal }) {
		signals.push(signal);
		yield "a";
		yield "b";
	}, async function* (source, { signal }) {
		signals.push(signal);
		for await (const piece of source)
			yield String(piece).toUpperCase();
	}, sink("ended"));
	console.log(signals.length, signals[0] === signals[1], signals.every((one) => one instanceof AbortSignal),
		signals[0].aborted);
}

async function failed() {
	let seen;
	await fails("failed", () => pipeline(async function* ({ signal }) {
		seen = signal;
		signal.addEventListener("abort", () => console.log("told"));
		yield "a";
		await new Promise((resolve) => signal.addEventListener("abort", resolve));
	}, new Writable({ write: (piece, encoding, callback) => callback(new Error("full")) })));
	console.log(seen.aborted);
}

async function others() {
	for (const parts of [[5, sink("n")], [Readable.from(["1"]), 5], [null, sink("n")], [() => 5, sink("n")], [() => ({}), sink("n")],
		[["x"], () => 5], [["x"], () => null]])
		await fails("refused", () => pipeline(...parts));
}

async function whole() {
	let text = "";
	const source = compose((async function* () {
		yield "Hello";
		yield "World";
	})());
	const middle = compose(async function* (pieces) {
		for await (const piece of pieces)
			yield String(piece).toUpperCase();
	});
	const all = compose(source, middle, compose(async function (pieces) {
		for await (const piece of pieces)
			text += piece;
	}));
	for (const name of ["end", "finish", "close"])
		all.on(name, () => console.log("whole", name));
	await finished(all);
	console.log(text, all instanceof Duplex, all.readable, all.writable);
}

(async () => {
	await ended();
	await failed();
	await others();
	await whole();
	for (const cleanup of [5, "x"])
		await fails("cleanup", () => finished(Readable.from([]).resume(), { cleanup }));
	console.log("done");
})();
