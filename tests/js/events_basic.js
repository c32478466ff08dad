const EventEmitter = require("events");
const e = new EventEmitter();
e.on("newListener", (name, f) => console.log("new", name, f.name));
e.on("removeListener", (name, f) => console.log("gone", name, f.name));
function a(...args) { console.log("a", args, this === e); }
function b() { console.log("b"); }
e.on("x", a);
e.once("x", b);
e.prependListener("x", function first() { console.log("first"); });
e.prependOnceListener("x", function firstOnce() { console.log("first once"); });
console.log(e.emit("x", 1, 2), e.emit("x"), e.emit("nothing"));
console.log(e.listenerCount("x"), e.eventNames(), e.listeners("x").map((f) => f.name), e.rawListeners("x").length);
e.off("x", a);
e.removeAllListeners("x");
console.log(e.listenerCount("x"), e.eventNames());
try { e.emit("error", new Error("boom")); } catch (error) { console.log(error.message); }
try { e.emit("error", { not: "an error" }); } catch (error) { console.log(error.code, error.message); }
e.on(EventEmitter.errorMonitor, (error) => console.log("monitor", error.message));
e.on("error", (error) => console.log("handled", error.message));
e.emit("error", new Error("second"));
try { e.on("x", "not a function"); } catch (error) { console.log(error.code, error.message); }
try { e.setMaxListeners(-1); } catch (error) { console.log(error.name, error.code); }
console.log(e.getMaxListeners(), EventEmitter.defaultMaxListeners, EventEmitter === EventEmitter.EventEmitter);
const s = Symbol("sym");
e.on(s, () => {});
console.log(e.eventNames());
class Own extends EventEmitter {}
const own = new Own();
own.on("y", () => own.removeAllListeners("y"));
own.on("y", () => console.log("still called"));
own.emit("y");
console.log(own instanceof EventEmitter, own.listenerCount("y"), "done");
