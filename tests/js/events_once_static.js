// events.once: with errors, with a signal, with an EventTarget, and what is left of it afterwards.
const EventEmitter = require("events");
const { once } = EventEmitter;
(async () => {
	const e = new EventEmitter();
	const counts = () => [e.listenerCount("x"), e.listenerCount("error")].join();
	const first = once(e, "x");
	console.log(counts());
	e.emit("x", 1, "two", null);
	console.log(counts(), await first);
	const failing = once(e, "x");
	e.emit("error", new Error("instead"));
	await failing.catch((error) => console.log("rejected", error.message, counts()));
	const wanted = once(e, "error");
	console.log(counts());
	e.emit("error", "a value");
	console.log(await wanted, counts());

	const stop = new AbortController();
	const stopped = once(e, "x", { signal: stop.signal });
	stop.abort();
	await stopped.catch((error) => console.log(error.name, error.code, error.message, error.cause && error.cause.name, counts()));
	await once(e, "x", { signal: AbortSignal.abort("why") }).catch((error) => console.log(error.name, error.cause, counts()));
	const unused = new AbortController();
	const fine = once(e, "x", { signal: unused.signal });
	e.emit("x", "came");
	console.log(await fine);
	unused.abort();

	const target = new EventTarget();
	const event = once(target, "ping");
	target.dispatchEvent(new Event("ping"));
	const [got] = await event;
	console.log(got.type, got instanceof Event);
	for (const bad of [{}, null, 5, undefined])
		await once(bad, "x").catch((error) => console.log(error.name, error.code));
	for (const bad of [{ signal: {} }, { signal: 1 }])
		await once(e, "x", bad).catch((error) => console.log(error.name, error.code, error.message));
	const order = [];
	const later = once(e, "tick").then(() => order.push("promise"));
	e.on("tick", () => order.push("listener"));
	process.nextTick(() => order.push("nextTick"));
	e.emit("tick");
	order.push("after emit");
	await later;
	console.log(order, "done");
})();
