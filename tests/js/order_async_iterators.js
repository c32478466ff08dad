// Streams, events and timers under for await, side by side.
const { Readable } = require("stream");
const { on, once, EventEmitter } = require("events");
(async () => {
	const order = [];
	const e = new EventEmitter();
	const reading = (async () => {
		for await (const piece of Readable.from(["a", "b", "c"]))
			order.push(`stream ${piece}`);
	})();
	const listening = (async () => {
		for await (const [value] of on(e, "v")) {
			order.push(`event ${value}`);
			if (value === 2)
				break;
		}
	})();
	const waiting = once(e, "v").then(([value]) => order.push(`once ${value}`));
	process.nextTick(() => {
		e.emit("v", 1);
		e.emit("v", 2);
		e.emit("v", 3);
	});
	await Promise.all([reading, listening, waiting]);
	console.log(order.filter((text) => text.startsWith("stream")), order.filter((text) => !text.startsWith("stream")));
	console.log(e.listenerCount("v"), e.listenerCount("error"));
	async function* numbers() {
		try {
			for (let i = 0; ; i++)
				yield i;
		} finally {
			order.push("closed");
		}
	}
	for await (const n of numbers())
		if (n === 2)
			break;
	console.log(order.pop());
	const results = await Promise.allSettled([once(e, "error"), (async () => e.emit("error", new Error("e")))()]);
	console.log(results.map(({ status, value, reason }) => [status, value && value[0] && value[0].message, reason && reason.message]), "done");
})();
