// The warning about many listeners: once for each event, and where its limit comes from.
const EventEmitter = require("events");
process.on("warning", (w) => console.log(w.name, w.type, w.count, w.emitter instanceof EventEmitter));
process.removeAllListeners("warning");
const seen = [];
process.on("warning", (w) => seen.push([w.name, String(w.type), w.count, w.emitter.label]));
const stderr = process.emitWarning;
process.emitWarning = (w) => seen.push([w.name, String(w.type), w.count, w.emitter.label]);
const make = (label) => Object.defineProperty(new EventEmitter(), "label", { value: label });
const e = make("e");
for (let i = 0; i < 15; i++)
	e.on("x", () => {});
for (let i = 0; i < 12; i++)
	e.on(Symbol.for("s"), () => {});
const few = make("few");
console.log(few.setMaxListeners(1) === few, few.getMaxListeners());
few.on("a", () => {});
few.on("a", () => {});
few.once("b", () => {});
const all = make("all").setMaxListeners(0);
for (let i = 0; i < 100; i++)
	all.on("x", () => {});
const endless = make("endless").setMaxListeners(Infinity);
for (let i = 0; i < 20; i++)
	endless.prependListener("x", () => {});
EventEmitter.defaultMaxListeners = 2;
const low = make("low");
for (let i = 0; i < 3; i++)
	low.on("x", () => {});
console.log(low.getMaxListeners(), e.getMaxListeners(), few.getMaxListeners());
EventEmitter.setMaxListeners(5, low, few);
console.log(low.getMaxListeners(), few.getMaxListeners(), EventEmitter.defaultMaxListeners);
EventEmitter.setMaxListeners(10);
console.log(EventEmitter.defaultMaxListeners, new EventEmitter().getMaxListeners());
for (const bad of [-1, NaN, "1", null, undefined, {}]) {
	try {
		e.setMaxListeners(bad);
	} catch (error) {
		console.log(bad, error instanceof RangeError || error instanceof TypeError);
	}
	try {
		EventEmitter.defaultMaxListeners = bad;
	} catch (error) {
		console.log(bad, error instanceof RangeError || error instanceof TypeError);
	}
}
process.emitWarning = stderr;
console.log(seen, "done");
