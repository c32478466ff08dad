// What a timer's callback has as `this`, what it may throw, timers made in timers of the same time.
const order = [], ALL = 10;
function say(text) {
	order.push(text);
	if (order.length === ALL)
		setImmediate(() => {
			console.log(order.sort());
			console.log("done");
		});
}
process.on("uncaughtException", (error) => say(`uncaught ${error.message}`));
const t = setTimeout(function () {
	say(`this ${this === t} ${this.constructor.name}`);
	setTimeout(() => say("nested"), 3);
}, 3);
setTimeout(() => {
	throw new Error("thrown");
}, 3);
setTimeout(() => say("behind the throw"), 3);
let n = 0;
const i = setInterval(function () {
	n++;
	if (n === 1)
		throw new Error("interval");
	say(`interval goes on ${this === i}`);
	clearInterval(this);
}, 4);
setImmediate(function () {
	say(`immediate ${this.constructor.name}`);
});
const args = setTimeout((...list) => say(`args ${list.length} ${list}`), 1, undefined, 0);
void args;
setTimeout(async () => {
	await null;
	say("async timer");
	throw new Error("async timer");
}, 6);
process.on("unhandledRejection", (reason) => say(`unhandled ${reason.message}`));
