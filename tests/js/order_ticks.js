// nextTick, microtasks, immediates and timers, in Node's order.
process.nextTick(() => console.log("tick 1"));
Promise.resolve().then(() => {
	console.log("micro 1");
	process.nextTick(() => console.log("tick of micro 1"));
	Promise.resolve().then(() => console.log("micro of micro 1"));
});
process.nextTick(() => {
	console.log("tick 2");
	process.nextTick(() => console.log("tick of tick 2"));
	queueMicrotask(() => console.log("micro of tick 2"));
});
queueMicrotask(() => console.log("micro 2"));
(async () => {
	console.log("async begins");
	await null;
	console.log("async goes on");
	await new Promise((resolve) => process.nextTick(resolve));
	console.log("async after a tick");
})();
console.log("main ends");
setTimeout(() => {
	console.log("timeout 1");
	process.nextTick(() => console.log("tick of timeout 1"));
	Promise.resolve().then(() => console.log("micro of timeout 1"));
}, 5);
setTimeout(() => {
	console.log("timeout 2");
	setImmediate(() => {
		console.log("immediate");
		process.nextTick((a, b) => console.log("done", a, b), 1, 2);
	});
}, 5);
