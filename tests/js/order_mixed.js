// nextTick, microtasks, immediates and timers, from within one another.
const order = [];
const note = (text) => () => order.push(text);
setTimeout(note("timeout"), 1);
setImmediate(() => {
	order.push("immediate 1");
	process.nextTick(note("tick of immediate 1"));
	Promise.resolve().then(note("promise of immediate 1"));
	setImmediate(note("immediate of immediate 1"));
	queueMicrotask(note("microtask of immediate 1"));
});
setImmediate(note("immediate 2"));
process.nextTick(() => {
	order.push("tick 1");
	process.nextTick(note("tick of tick 1"));
	Promise.resolve().then(() => {
		order.push("promise of tick 1");
		process.nextTick(note("tick of promise"));
		queueMicrotask(note("microtask of promise"));
	});
});
process.nextTick(note("tick 2"));
Promise.resolve().then(() => {
	order.push("promise 1");
	process.nextTick(note("tick of promise 1"));
}).then(note("promise 2"));
queueMicrotask(note("microtask"));
(async () => {
	order.push("async");
	await null;
	order.push("after await");
	await new Promise((ok) => process.nextTick(ok));
	order.push("after tick");
	await new Promise((ok) => setImmediate(ok));
	order.push("after immediate");
	try {
		await Promise.reject(new Error("x"));
	} catch {
		order.push("caught");
	} finally {
		order.push("finally");
	}
})();
order.push("end of script");
// Some turns behind the timer.
function report(turns) {
	if (turns > 0)
		return setImmediate(report, turns - 1);
	order.splice(order.indexOf("timeout"), 1); // before or after the first immediates
	console.log(order.join("\n"));
	console.log("done");
}
setTimeout(report, 5, 5);
