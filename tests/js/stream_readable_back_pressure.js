// How often _read is called: high water marks, pausing, reading from within push.
const { Readable } = require("stream");
const order = [];
let n = 0;
const r = new Readable({ highWaterMark: 4, read(size) {
	order.push(`_read ${size} at ${this.readableLength}`);
	setImmediate(() => {
		order.push(`push ${n} ${this.push(n === 6 ? null : String(n).repeat(2))}`);
		n++;
	});
} });
r.on("data", (piece) => {
	order.push(`data ${piece}`);
	if (String(piece) === "22") {
		r.pause();
		let rounds = 9;
		setImmediate(function again() {
			if (rounds-- > 0)
				return setImmediate(again);
			order.push(`resume with ${r.readableLength}`);
			r.resume();
		});
	}
});
r.on("end", () => {
	console.log(order);
	two();
});
function two() {
	const log = [];
	const items = ["a", "b", "c", "d", "e"];
	const o = new Readable({ objectMode: true, highWaterMark: 2, read() {
		log.push(`_read ${this.readableLength}`);
		while (items.length > 0)
			if (!this.push(items.shift()))
				return;
		this.push(null);
	} });
	o.on("readable", () => {
		log.push(`readable ${o.readableLength}`);
		let one;
		while ((one = o.read()) !== null)
			log.push(one);
	});
	o.on("end", () => {
		console.log(log);
		three();
	});
}
function three() {
	const zero = new Readable({ highWaterMark: 0, read() {
		console.log("asked", zero.readableLength);
		zero.push(zero.given ? null : "piece");
		zero.given = true;
	} });
	console.log(zero.readableHighWaterMark);
	zero.on("data", (piece) => console.log(String(piece)));
	zero.on("end", () => console.log("done"));
}
for (const bad of [-1, "x", 1.5, NaN, {}])
	try {
		new Readable({ highWaterMark: bad });
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
