// push: what it returns, pushing after the end, from elsewhere, and pieces of the wrong kind.
const { Readable } = require("stream");
const order = [];
const r = new Readable({ highWaterMark: 5, read(n) {
	order.push(`_read ${n}`);
} });
order.push(r.push("ab"), r.push("cd"), r.push("e"), r.push("f"), r.readableLength);
order.push(String(r.read(6)));
order.push(r.push("g"));
r.push(null);
r.on("error", (error) => order.push(error.code, error.message, r.destroyed));
r.on("close", () => order.push("close", r.readableAborted));
r.on("end", () => order.push("never"));
order.push(r.push("after the end"));

const kinds = [];
for (const bad of [5, {}, true, []]) {
	const one = new Readable({ read() {} });
	one.on("error", (error) => kinds.push(error.code, error.message.replace(/Buffer.*Received/, "Received")));
	one.push(bad);
}
const fine = new Readable({ read() {} });
fine.push(new Uint8Array([104, 105]));
const piece = fine.read();
kinds.push(Buffer.isBuffer(piece), String(piece));
const none = new Readable();
none.on("error", (error) => kinds.push(error.code, error.message));
none.resume();
const thrower = new Readable({ read() {
	throw new Error("in _read");
} });
thrower.on("error", (error) => kinds.push(error.message, thrower.destroyed));
thrower.resume();
const own = new Readable({ read() {
	this.destroy(new Error("destroyed in _read"));
} });
own.on("error", (error) => kinds.push(error.message)).on("close", () => kinds.push("closed"));
own.on("data", () => {});
setImmediate(() => {
	console.log(order);
	console.log(kinds, "done");
});
