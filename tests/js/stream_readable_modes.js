// The two modes of a Readable and the ways between them.
const { Readable } = require("stream");
const make = (items, options) => {
	const list = [...items];
	return new Readable({ ...options, read() {
		this.push(list.length > 0 ? list.shift() : null);
	} });
};
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const a = make(["a", "b", "c"]);
note(a.readableFlowing, a.readableLength, a.readableEnded, a.isPaused());
a.on("pause", () => note("pause event"));
a.on("resume", () => note("resume event"));
a.on("data", (piece) => {
	note("data", piece, a.readableFlowing);
	if (String(piece) === "a") {
		a.pause();
		note("paused", a.readableFlowing, a.isPaused());
		setImmediate(() => {
			note("resuming");
			a.resume();
			note(a.readableFlowing, a.isPaused());
		});
	}
});
note("after on data", a.readableFlowing);
a.on("end", () => note("end", a.readableEnded, a.readable, a.destroyed));
a.on("close", () => {
	note("close", a.destroyed, a.closed);
	second();
});

function second() {
	const b = make(["one", "two", "three"], { encoding: "utf8" });
	b.on("readable", () => {
		let piece;
		note("readable", b.readableLength);
		while ((piece = b.read()) !== null)
			note("read", piece, b.readableLength);
	});
	note("flowing", b.readableFlowing);
	b.on("end", () => note("end b"));
	b.on("close", third);
}

function third() {
	const c = make(["hello", "world"]);
	const onReadable = () => note("c readable", c.read(3), c.readableLength, c.read(100));
	c.on("readable", onReadable);
	c.once("readable", () => {
		c.removeListener("readable", onReadable);
		note("removed", c.readableFlowing);
		c.on("data", (piece) => note("c data", piece));
		note("then", c.readableFlowing);
		c.resume();
	});
	c.on("end", () => note("c end"));
	c.on("close", fourth);
}

function fourth() {
	const d = make(["x"]);
	d.on("data", (piece) => note("d data", piece));
	d.on("readable", () => note("d readable", d.readableFlowing, d.read()));
	note("d", d.readableFlowing);
	d.on("close", () => {
		console.log(order.join("\n"));
		console.log("done");
	});
}
