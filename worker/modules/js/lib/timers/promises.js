// timers/promises.
"use strict";

const timers = require("timers");
const { argType, checkSignal } = require("errors");

function aborted(signal) {
	return require("abort").abortError(signal.reason);
}

function check(options) {
	if (options === null || typeof options !== "object")
		throw argType("options", "of type object", options);
	checkSignal(options.signal, "options.signal");
	if (options.ref !== undefined && typeof options.ref !== "boolean")
		throw argType("options.ref", "of type boolean", options.ref);
}

function wait(start, stop, value, options = {}) {
	return new Promise((resolve, reject) => {
		check(options);
		const { signal } = options;
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
