// captureRejections: a listener that is async and rejects.
const EventEmitter = require("events");
const { captureRejectionSymbol } = EventEmitter;
console.log(captureRejectionSymbol === Symbol.for("nodejs.rejection"), EventEmitter.captureRejections);
const order = [];
const a = new EventEmitter({ captureRejections: true });
a.on("x", async (value) => {
	order.push("listener");
	throw new Error(`rejected ${value}`);
});
a.on("error", (error) => order.push(`error ${error.message}`));
a.emit("x", 1);
order.push("after emit");
process.nextTick(() => order.push("tick"));
Promise.resolve().then(() => order.push("microtask"));

const b = new EventEmitter({ captureRejections: true });
b[captureRejectionSymbol] = (error, name, ...args) => order.push(`own ${error.message} ${name} ${args}`);
b.on("y", () => Promise.reject(new Error("b")));
b.emit("y", 1, 2);

const c = new EventEmitter({ captureRejections: true });
c.on("z", () => ({ then: (done, failed) => failed(new Error("thenable")) }));
c.on("error", (error) => order.push(`thenable: ${error.message}`));
c.emit("z");

EventEmitter.captureRejections = true;
const d = new EventEmitter();
EventEmitter.captureRejections = false;
d.on("w", async () => {
	throw new Error("by default");
});
d.on("error", (error) => order.push(error.message));
d.emit("w");
const fine = new EventEmitter({ captureRejections: true });
fine.on("ok", async () => "value");
fine.on("error", () => order.push("never"));
fine.emit("ok");
for (const bad of [1, "true", null])
	try {
		EventEmitter.captureRejections = bad;
	} catch (error) {
		console.log(error.code, error.message);
	}
setImmediate(() => console.log(order, "done"));
