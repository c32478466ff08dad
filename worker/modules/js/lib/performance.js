// performance: the milliseconds since the worker began to load its script.
"use strict";

function now() {
	const [seconds, nanoseconds] = native.hrtime();
	return seconds * 1e3 + nanoseconds / 1e6;
}

const start = now(), timeOrigin = Date.now();

class Performance {
	get timeOrigin() {
		return timeOrigin;
	}

	now() {
		return now() - start;
	}

	toJSON() {
		return { timeOrigin };
	}
}
// Few scripts ask for these: their file is read when one does.
for (const name of ["mark", "measure", "clearMarks", "clearMeasures", "getEntries", "getEntriesByName", "getEntriesByType"])
	Object.defineProperty(Performance.prototype, name, { configurable: true, enumerable: true, writable: true,
		value: (...args) => require("performance/timeline")[name](...args) });
Object.defineProperty(Performance.prototype, Symbol.toStringTag, { configurable: true, value: "Performance" });

module.exports = new Performance();
