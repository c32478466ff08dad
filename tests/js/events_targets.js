// What the module events does with an EventTarget, and its functions for listeners.
const events = require("events");
const target = new EventTarget(), emitter = new events.EventEmitter();
const a = () => {}, b = () => {};
target.addEventListener("x", a);
target.addEventListener("x", b);
emitter.on("x", a);
emitter.once("x", b);
console.log(events.getEventListeners(target, "x").length, events.getEventListeners(emitter, "x").length);
console.log(events.getEventListeners(target, "x")[0] === a, events.getEventListeners(emitter, "x")[1] === b);
console.log(events.getEventListeners(target, "none"), events.listenerCount(emitter, "x"), events.listenerCount(emitter, "none"));
for (const bad of [{}, 1, undefined])
	try {
		events.getEventListeners(bad, "x");
	} catch (error) {
		console.log(error.name, error.code);
	}
console.log(Object.keys(events).includes("once"), typeof events.on, typeof events.errorMonitor, String(events.errorMonitor));
console.log(events.usingDomains, events.EventEmitter === events);
(async () => {
	const stop = new AbortController();
	setImmediate(() => {
		target.dispatchEvent(new Event("y"));
		target.dispatchEvent(new Event("y"));
		stop.abort();
	});
	let n = 0;
	try {
		for await (const [event] of events.on(target, "y", { signal: stop.signal }))
			console.log(event.type, ++n);
	} catch (error) {
		console.log(error.name, n);
	}
	console.log(events.getEventListeners(target, "y").length, "done");
})();
