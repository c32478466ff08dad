// Listeners that are added and removed while their event is being emitted, and the forms of taking them away.
const EventEmitter = require("events");
const e = new EventEmitter();
const log = (text) => () => console.log(text);
const second = log("second");
e.on("x", function first() {
	console.log("first", this === e);
	e.removeListener("x", second);
	e.on("x", log("added while emitting"));
	e.removeListener("x", first);
});
e.on("x", second);
e.prependListener("x", log("prepended"));
console.log(e.emit("x"));
console.log(e.emit("x"));
console.log(e.emit("nobody"), e.listenerCount("x"), e.eventNames());

const twice = log("twice");
e.removeAllListeners();
e.on("y", twice);
e.on("y", twice);
e.once("y", twice);
console.log(e.listenerCount("y"), e.listenerCount("y", twice), e.listenerCount("y", log("other")));
e.off("y", twice);
console.log(e.listenerCount("y"));
e.emit("y");
e.off("y", twice).off("y", twice).off("y", twice);
console.log(e.listenerCount("y"), e.eventNames());

e.on("removeListener", (name, listener) => console.log("removed", String(name), listener.name));
function a() {}
function b() {}
const symbol = Symbol("sym");
e.on("z", a).on("z", b).on(symbol, a).once("once", b);
e.removeAllListeners("z");
e.emit("once");
e.removeAllListeners();
console.log(e.eventNames(), e.listenerCount("removeListener"));

e.on("newListener", (name, listener) => console.log("new", name, listener.name, e.listenerCount(name)));
e.on("w", a);
e.once("w", b);
e.prependOnceListener("w", function c() {});
console.log(e.listeners("w").map((f) => f.name), e.rawListeners("w").map((f) => f.name));
console.log(e.rawListeners("w")[2].listener === b, e.listeners("none"), e.rawListeners("none"));
const copy = e.listeners("w");
copy.length = 0;
console.log(e.listenerCount("w"));
for (const bad of [null, undefined, 1, "text", {}])
	for (const method of ["on", "once", "prependListener", "prependOnceListener", "off", "removeListener"])
		try {
			e[method]("w", bad);
		} catch (error) {
			console.log(method, error instanceof TypeError, error.code, error.message);
		}
console.log("done");
