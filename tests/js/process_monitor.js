// 'uncaughtExceptionMonitor', deprecations, signals that nobody can listen to, and times that no timer has.
"use strict";

process.on("uncaughtExceptionMonitor", (error, origin) => console.log("monitor:", error.message, origin));
process.on("uncaughtException", (error, origin) => console.log("caught:", error.message, origin));

const wait = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

async function main() {
	setTimeout(() => {
		throw new Error("of a timer");
	}, 1);
	await wait(10);
	Promise.reject(new TypeError("of a promise"));
	await wait(10);
	process.once("unhandledRejection", (error) => console.log("rejected:", error.message));
	Promise.reject(new Error("that is heard"));
	await wait(10);
	process.setUncaughtExceptionCaptureCallback((error) => console.log("captured:", error.message));
	setTimeout(() => {
		throw new Error("for the capture");
	}, 1);
	await wait(10);
	process.setUncaughtExceptionCaptureCallback(null);

	process.noDeprecation = true;
	process.on("warning", (warning) => console.log("warning:", warning.name));
	process.emitWarning("silent", "DeprecationWarning");
	await wait(5);
	process.noDeprecation = false;
	process.throwDeprecation = true;
	process.emitWarning("loud", "DeprecationWarning");
	await wait(5);
	process.throwDeprecation = false;

	for (const name of ["SIGKILL", "SIGSTOP"]) {
		try {
			process.on(name, () => undefined);
			console.log(name, "is listened to");
		} catch (error) {
			console.log(name, error.code, error.syscall, error.message);
		}
	}
	console.log("done");
}
main();
