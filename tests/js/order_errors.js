// An uncaught error in a callback: who hears of it, and what runs on.
const order = [];
process.on("uncaughtException", (error, origin) => order.push(`uncaught ${error && error.message} ${origin}`));
process.on("unhandledRejection", (reason, promise) => order.push(`unhandled ${reason && reason.message} ${promise instanceof Promise}`));
process.nextTick(() => {
	throw new Error("in a tick");
});
process.nextTick(() => order.push("the tick behind it"));
queueMicrotask(() => {
	throw new Error("in a microtask");
});
queueMicrotask(() => order.push("the microtask behind it"));
setImmediate(() => {
	throw new Error("in an immediate");
});
setImmediate(() => order.push("the immediate behind it"));
Promise.reject(new Error("nobody"));
const later = Promise.reject(new Error("handled in time"));
process.nextTick(() => later.catch(() => order.push("handled")));
(async () => {
	throw new Error("async");
})();
new Promise((ok, no) => {
	ok();
	no(new Error("too late"));
	throw new Error("ignored");
});
new Promise(() => {
	throw new Error("executor");
});
const { EventEmitter } = require("events");
const e = new EventEmitter();
e.on("x", () => {
	throw new Error("in a listener");
});
const report = () => {
	console.log(order.join("\n"));
	console.log("done");
};
setImmediate(() => setImmediate(() => setTimeout(() => {
	setTimeout(() => {
		order.push("the timer behind it");
		setTimeout(report, 5);
	}, 1);
	e.emit("x");
	order.push("never");
}, 5)));
