const { setTimeout: wait, setImmediate: soon, setInterval: every } = require("timers/promises");
const util = require("node:util");
(async () => {
	console.log(await wait(2, "value"), await soon("soon"));
	console.log(await util.promisify(setTimeout)(1, "promisified"));
	let n = 0;
	for await (const value of every(1, "beat")) {
		console.log(value);
		if (++n === 3)
			break;
	}
	const stop = new AbortController();
	setTimeout(() => stop.abort(), 1);
	await wait(1000, "never", { signal: stop.signal }).catch((error) => console.log(error.name, error.code, error.message));
	console.log("done");
})();
