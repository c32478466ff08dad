// util.aborted, and signals in functions of other modules.
const util = require("util");
const { setTimeout: wait, setImmediate: soon } = require("timers/promises");
(async () => {
	const stop = new AbortController();
	const told = util.aborted(stop.signal, {});
	stop.abort();
	console.log((await told) === undefined || "an event");
	console.log(await util.aborted(AbortSignal.abort(), {}));
	for (const args of [[{}, {}], [null, {}], [stop.signal], [stop.signal, null]])
		await util.aborted(...args).catch((error) => console.log(error.name, error.code));
	for (const run of [wait, (...args) => soon(...args.slice(1))]) {
		const one = new AbortController();
		const waiting = run(1000, "x", { signal: one.signal });
		one.abort("a reason");
		await waiting.catch((error) => console.log(error.name, error.code, error.message, error.cause));
		await run(1, "x", { signal: AbortSignal.abort() }).catch((error) => console.log(error.name, error.cause.name));
		for (const bad of [5, { signal: 5 }, { signal: {} }, { ref: "x" }, null])
			await run(1, "value", bad).then(console.log, (error) => console.log(error.name, error.code, error.message));
		console.log(await run(1, "fine", {}), await run(1, "fine", { ref: true }), await run(1));
	}
	console.log("done");
})();
