// timers/promises.
"use strict";

const timers = require("timers");

function aborted(signal) {
	return require("abort").abortError(signal.reason);
}

function wait(start, stop, value, { signal } = {}) {
	return new Promise((resolve, reject) => {
		if (signal && signal.aborted)
			return reject(aborted(signal));
		const timer = start(() => {
			if (signal)
				signal.removeEventListener("abort", abort);
			resolve(value);
		});
		function abort() {
			stop(timer);
			reject(aborted(signal));
		}
		if (signal)
			signal.addEventListener("abort", abort, { once: true });
	});
}

function setTimeout(after, value, options) {
	return wait((done) => timers.setTimeout(done, after), timers.clearTimeout, value, options);
}

function setImmediate(value, options) {
	return wait((done) => timers.setImmediate(done), timers.clearImmediate, value, options);
}

async function* setInterval(after, value, options) {
	for (;;)
		yield await setTimeout(after, value, options);
}

module.exports = { setTimeout, setImmediate, setInterval,
	scheduler: { wait: (after, options) => setTimeout(after, undefined, options), yield: () => setImmediate() } };
