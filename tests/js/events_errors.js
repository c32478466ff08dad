// The event "error" without a listener, with a monitor, and with what is no Error.
const EventEmitter = require("events");
const { errorMonitor } = EventEmitter;
const tell = (error) => console.log(error instanceof Error, error.name, error.code, error.message, error.context);
for (const value of [new Error("plain"), new TypeError("typed"), "text", 5, null, undefined, { a: { b: 1 } }, [1, 2], Symbol("s"), true])
	try {
		new EventEmitter().emit("error", value);
	} catch (error) {
		tell(error);
	}
try {
	new EventEmitter().emit("error");
} catch (error) {
	tell(error);
}
const e = new EventEmitter();
e.on(errorMonitor, (error, more) => console.log("monitor", error.message, more));
try {
	e.emit("error", new Error("monitored"), "more");
} catch (error) {
	tell(error);
}
e.on("error", (error, more) => console.log("handled", error.message, more));
console.log(e.emit("error", new Error("second"), "again"));
e.once("throws", () => {
	throw new RangeError("from a listener");
});
e.on("throws", () => console.log("called the second time only"));
try {
	e.emit("throws");
} catch (error) {
	tell(error);
}
console.log(e.emit("throws"));
class Mine extends Error {
	constructor() {
		super("mine");
		this.code = "E_MINE";
	}
}
try {
	new EventEmitter().emit("error", new Mine());
} catch (error) {
	tell(error);
}
const made = Object.create(EventEmitter.prototype);
console.log(made.listenerCount("x"), made.eventNames(), made.emit("x"));
made.on("x", (v) => console.log("x", v));
made.emit("x", 1);
console.log("done");
