const { Writable } = require("stream");
(async () => {
	const w = new Writable({ highWaterMark: 5, write(c, e, cb) { console.log("_write", String(c), e); setImmediate(cb); }, final(cb) { console.log("_final"); cb(); } });
	for (const e of ["drain", "finish", "close", "prefinish"]) w.on(e, () => console.log(e, w.writableLength, w.writableFinished));
	console.log(w.write("abc"), w.write("def", () => console.log("cb def")), w.writableLength, w.writableNeedDrain);
	await new Promise((ok) => w.once("drain", ok));
	console.log(w.write(Buffer.from("g")), w.end("h", () => console.log("end cb")) === w, w.writableEnded, w.writable);
	await new Promise((ok) => w.on("close", ok));
	const s = new Writable({ write(c, e, cb) { console.log("sync", String(c)); cb(); } });
	s.write("1", () => console.log("cb 1")); s.write("2", () => console.log("cb 2")); process.nextTick(() => console.log("tick")); s.end(() => setImmediate(() => console.log("ended")));
	await new Promise((ok) => s.on("finish", ok));
	const v = new Writable({ writev(cs, cb) { console.log("writev", cs.map((c) => String(c.chunk))); cb(); } });
	v.cork(); v.write("a"); v.write("b"); v.write("c"); console.log(v.writableCorked); process.nextTick(() => { v.uncork(); v.end(); });
	await new Promise((ok) => v.on("finish", ok));
	const e = new Writable({ write(c, enc, cb) { cb(new Error("failed")); } });
	e.on("error", (x) => console.log("error", x.message)).on("close", () => console.log("close"));
	e.write("x", (x) => console.log("cb", x.message)); await new Promise((ok) => e.on("close", ok));
	const after = new Writable({ write(c, enc, cb) { cb(); } }); after.on("error", (x) => console.log(x.code, x.message)); after.end(); after.write("late", (x) => console.log("cb", x.code)); await new Promise((ok) => after.on("close", ok));
	const o = new Writable({ objectMode: true, write(c, enc, cb) { console.log(c); cb(); } }); o.write({ a: 1 }); o.write(5); o.end([1]); await new Promise((ok) => o.on("finish", ok));
	const n = new Writable({ write(c, enc, cb) { cb(); } });
	for (const bad of [null, undefined, 5, {}]) try { n.write(bad); } catch (x) { console.log(x.code, x.message.replace(/Buffer.*Received/, "Received")); }
	const enc = new Writable({ decodeStrings: false, write(c, en, cb) { console.log(typeof c, en); cb(); } }); enc.write("hi", "latin1"); enc.end("6869", "hex");
	const d = new Writable({ write() {} }); d.on("close", () => console.log("destroyed", d.destroyed, "done")); d.on("error", (x) => console.log(x.message)); d.write("x"); d.write("y", (x) => console.log("y", x.code || x.message)); d.destroy(new Error("gone"));
})();
