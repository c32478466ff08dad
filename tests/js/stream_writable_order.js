// The order of callbacks, drain, finish and close, with a _write that is at once or later.
const { Writable } = require("stream");
const order = [];
const note = (...args) => order.push(args.map(String).join(" "));
const now = new Writable({ highWaterMark: 3, write(piece, encoding, done) {
	note("now _write", piece, encoding);
	done();
} });
now.on("drain", () => note("now drain")).on("finish", () => note("now finish")).on("close", () => note("now close"));
note(now.write("ab", () => note("cb ab")), now.writableLength, now.writableNeedDrain);
note(now.write("cd", () => note("cb cd")), now.writableLength, now.writableNeedDrain);
process.nextTick(() => note("tick"));
Promise.resolve().then(() => note("microtask"));
const later = new Writable({ highWaterMark: 3, write(piece, encoding, done) {
	note("later _write", piece);
	setImmediate(done);
} });
later.on("drain", () => note("later drain", later.writableLength));
later.on("prefinish", () => note("prefinish")).on("finish", () => note("later finish", later.writableFinished));
later.on("close", () => note("later close", later.destroyed));
for (const text of ["1", "22", "333"])
	note(later.write(text, () => note("cb", text, later.writableLength)), later.writableLength);
later.once("drain", () => {
	note("after drain", later.write("again"));
	later.end("last", () => note("cb end", later.writableFinished));
	note(later.writableEnded, later.writableFinished, later.writable, later.writableNeedDrain);
	now.end();
	note(now.writableEnded, now.writableFinished);
});
later.on("close", () => {
	console.log(order.join("\n"));
	console.log("done");
});
