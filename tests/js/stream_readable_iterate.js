// for await over a Readable: the end, break, errors, and what is destroyed.
const { Readable } = require("stream");
const make = (...items) => {
	const list = [...items];
	return new Readable({ read() {
		this.push(list.length > 0 ? list.shift() : null);
	}, encoding: "utf8" });
};
const state = (r) => [r.destroyed, r.readableEnded, r.listenerCount("readable"), r.listenerCount("error")].join();
(async () => {
	const whole = make("a", "b", "c");
	const out = [];
	for await (const piece of whole)
		out.push(piece);
	console.log(out.join(""), state(whole));
	const broken = make("a", "b");
	broken.on("close", () => console.log("close of broken"));
	for await (const piece of broken) {
		console.log(piece);
		break;
	}
	console.log(broken.destroyed);
	const thrown = make("a");
	try {
		for await (const piece of thrown)
			throw new Error(`with ${piece}`);
	} catch (error) {
		console.log(error.message, thrown.destroyed);
	}
	const failing = new Readable({ read() {
		if (this.asked)
			return;
		this.asked = true;
		this.push("x");
		setImmediate(() => this.destroy(new Error("failed")));
	} });
	try {
		for await (const piece of failing)
			console.log(String(piece));
	} catch (error) {
		console.log(error.message, failing.destroyed);
	}
	const early = new Readable({ read() {} });
	setImmediate(() => early.destroy());
	try {
		for await (const piece of early)
			console.log("never", piece);
	} catch (error) {
		console.log(error.code, error.message);
	}
	const kept = make("a", "b", "c");
	for await (const piece of kept.iterator({ destroyOnReturn: false })) {
		console.log(piece);
		break;
	}
	console.log(kept.destroyed);
	for await (const piece of kept)
		console.log("rest", piece);
	console.log(kept.destroyed);
	const gone = make("a");
	gone.destroy();
	try {
		for await (const piece of gone)
			console.log("never", piece);
		console.log("ended");
	} catch (error) {
		console.log(error.code);
	}
	const it = make("p", "q")[Symbol.asyncIterator]();
	console.log(await it.next(), await it.next(), await it.next(), await it.next());
	const returned = make("p")[Symbol.asyncIterator]();
	console.log(await returned.return("value"), await returned.next(), "done");
})();
