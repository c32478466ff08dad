// Who hears of what nobody catches: uncaughtException, rejections that come to it, and a capture callback. And the
// smaller facts of a process.
"use strict";

const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
const failing = (action) => {
	try {
		console.log(action());
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
};

async function main() {
	const listener = (error, origin) => console.log("listener", origin, error.name, error.code, error.message);
	process.on("uncaughtException", listener);
	setImmediate(() => {
		throw new TypeError("thrown");
	});
	await turn();
	Promise.reject(new RangeError("rejected"));
	await turn();
	for (const reason of ["text", 5, undefined, null, Symbol("s"), { toString: () => "object" }]) {
		Promise.reject(reason);
		await turn();
	}
	process.once("unhandledRejection", (reason, promise) => console.log("rejection", reason.message, promise instanceof Promise));
	Promise.reject(new Error("listened to"));
	await turn();
	console.log(process.hasUncaughtExceptionCaptureCallback());
	for (const bad of [1, undefined, "x", {}])
		failing(() => process.setUncaughtExceptionCaptureCallback(bad));
	process.setUncaughtExceptionCaptureCallback((error) => console.log("captured", error.message));
	failing(() => process.setUncaughtExceptionCaptureCallback(() => {}));
	console.log(process.hasUncaughtExceptionCaptureCallback());
	process.nextTick(() => {
		throw new Error("in a tick");
	});
	await turn();
	Promise.reject(new Error("rejected too"));
	await turn();
	process.setUncaughtExceptionCaptureCallback(null);
	console.log(process.hasUncaughtExceptionCaptureCallback());
	setImmediate(() => {
		throw new Error("not captured");
	});
	await turn();
	process.removeListener("uncaughtException", listener);
	console.log(Object.entries(process.resourceUsage()).map(([key, value]) => `${key}:${typeof value}`).join());
	console.log(process.getgroups().every(Number.isInteger), typeof process.constrainedMemory(), typeof process.umask());
	console.log(process.resourceUsage().maxRSS > 1000, process.stdin.fd, typeof process.stdin.read);
	console.log("done");
}
main();
