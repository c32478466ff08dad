const EventEmitter = require("events");
const { once, on } = EventEmitter;
(async () => {
	const e = new EventEmitter();
	process.nextTick(() => e.emit("go", 1, 2));
	console.log(await once(e, "go"));
	process.nextTick(() => e.emit("error", new Error("bad")));
	await once(e, "go").catch((error) => console.log("rejected", error.message));
	process.nextTick(() => e.emit("error", new Error("as value")));
	console.log((await once(e, "error"))[0].message);
	const stop = new AbortController();
	process.nextTick(() => stop.abort());
	await once(e, "go", { signal: stop.signal }).catch((error) => console.log(error.name, error.code));
	process.nextTick(() => { e.emit("v", "a"); e.emit("v", "b"); e.emit("v", "c"); });
	for await (const [value] of on(e, "v")) {
		console.log(value);
		if (value === "c")
			break;
	}
	console.log(e.listenerCount("v"), e.listenerCount("error"));
	const c = new EventEmitter({ captureRejections: true });
	c.on("x", async () => { throw new Error("captured"); });
	c.on("error", (error) => console.log("error:", error.message, "\ndone"));
	c.emit("x");
})();
