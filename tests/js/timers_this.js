// What a timer's callback has as `this`, what it may throw, timers made in timers of the same time.
const order = [];
process.on("uncaughtException", (error) => order.push(`uncaught ${error.message}`));
const t = setTimeout(function () {
	order.push(`this ${this === t} ${this.constructor.name}`);
	setTimeout(() => order.push("nested"), 3);
}, 3);
setTimeout(() => {
	throw new Error("thrown");
}, 3);
setTimeout(() => order.push("behind the throw"), 3);
let n = 0;
const i = setInterval(function () {
	n++;
	if (n === 1)
		throw new Error("interval");
	order.push(`interval goes on ${this === i}`);
	clearInterval(this);
}, 4);
setImmediate(function () {
	order.push(`immediate ${this.constructor.name}`);
});
const args = setTimeout((...list) => order.push(`args ${list.length} ${list}`), 1, undefined, 0);
void args;
setTimeout(async () => {
	await null;
	order.push("async timer");
	throw new Error("async timer");
}, 6);
process.on("unhandledRejection", (reason) => order.push(`unhandled ${reason.message}`));
setImmediate(() => setTimeout(() => {
	console.log(order.sort());
	console.log("done");
}, 60));
