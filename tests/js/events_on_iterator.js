// events.on: the values that came before one asks, errors, ending, and a signal.
const EventEmitter = require("events");
const { on } = EventEmitter;
(async () => {
	const e = new EventEmitter();
	const count = () => [e.listenerCount("x"), e.listenerCount("error")].join();
	const values = on(e, "x");
	console.log(count(), typeof values.next, values[Symbol.asyncIterator]() === values);
	e.emit("x", 1);
	e.emit("x", 2, "two");
	console.log(await values.next(), await values.next());
	const waiting = [values.next(), values.next()];
	e.emit("x", 3);
	e.emit("x", 4);
	console.log(await Promise.all(waiting));
	const open = values.next();
	console.log(await values.return(), await open, await values.next(), count());

	const failing = on(e, "x");
	e.emit("x", "before");
	e.emit("error", new Error("stop"));
	try {
		for await (const value of failing)
			console.log("value", value);
	} catch (error) {
		console.log("caught", error.message, count());
	}
	console.log(await failing.next());

	const stop = new AbortController();
	process.nextTick(() => {
		e.emit("x", "a");
		e.emit("x", "b");
		process.nextTick(() => stop.abort("enough"));
	});
	try {
		for await (const [value] of on(e, "x", { signal: stop.signal }))
			console.log("value", value);
	} catch (error) {
		console.log(error.name, error.code, error.cause, count());
	}
	try {
		on(e, "x", { signal: AbortSignal.abort() });
	} catch (error) {
		console.log(error.name, error.code, count());
	}
	const thrown = on(e, "x");
	try {
		thrown.throw("text");
	} catch (error) {
		console.log(error.code, error.message);
	}
	thrown.throw(new Error("thrown in"));
	await thrown.next().catch((error) => console.log(error.message, count()));
	const broken = on(e, "x");
	setImmediate(() => e.emit("x", 1));
	for await (const value of broken) {
		console.log(value);
		break;
	}
	console.log(count(), "done");
})();
