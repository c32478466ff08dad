// performance.mark and measure: named times, and the spans between them, until they are cleared. These are methods of
// performance's.
"use strict";

const { argType, argValue, coded } = require("errors");

const KEY = Symbol("an entry is made here alone");
// Names of the milestones that Node itself reaches.
const MILESTONES = new Set(["nodeStart", "v8Start", "environment", "loopStart", "loopExit", "bootstrapComplete"]);
const customInspect = Symbol.for("nodejs.util.inspect.custom");
const FIELDS = ["name", "entryType", "startTime", "duration", "detail"];

let entries = []; // in the order of their times

class PerformanceEntry {
	#fields;

	constructor(key, ...values) {
		if (key !== KEY)
			throw coded(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
		this.#fields = Object.fromEntries(values.map((value, i) => [FIELDS[i], value]));
	}

	get name() {
		return this.#fields.name;
	}

	get entryType() {
		return this.#fields.entryType;
	}

	get startTime() {
		return this.#fields.startTime;
	}

	get duration() {
		return this.#fields.duration;
	}

	get detail() {
		return this.#fields.detail;
	}

	toJSON() {
		return { ...this.#fields };
	}

	[customInspect](depth, options, inspect) {
		return depth < 0 ? this : `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
	}
}

class PerformanceMark extends PerformanceEntry {}
class PerformanceMeasure extends PerformanceEntry {}
for (const one of [PerformanceEntry, PerformanceMark, PerformanceMeasure])
	Object.defineProperty(one.prototype, Symbol.toStringTag, { configurable: true, value: one.name });

function add(entry) {
	let at = entries.length;
	while (at > 0 && entries[at - 1].startTime > entry.startTime)
		at--;
	entries.splice(at, 0, entry);
	return entry;
}

function needName(args) {
	if (args.length === 0)
		throw coded(TypeError, "ERR_MISSING_ARGS", 'The "name" argument must be specified');
}

function detailOf(options) {
	const { detail } = options;
	return detail === undefined || detail === null ? null : structuredClone(detail);
}

function checkTime(time) {
	if (time < 0)
		throw coded(TypeError, "ERR_PERFORMANCE_INVALID_TIMESTAMP", `${time} is not a valid timestamp`);
	return time;
}

// A time as it is given: milliseconds, or the name of a mark.
function timeOf(given) {
	if (typeof given === "number")
		return checkTime(given);
	const mark = entries.findLast((entry) => entry.entryType === "mark" && entry.name === `${given}`);
	if (mark === undefined)
		throw new (require("abort").DOMException)(`The "${given}" performance mark has not been set`, "SyntaxError");
	return mark.startTime;
}

function mark(name, options) {
	needName(arguments);
	options ??= {};
	if (typeof options !== "object")
		throw argType("options", "of type object", options);
	name = `${name}`;
	if (MILESTONES.has(name))
		throw argValue("name", name);
	const { startTime = performance.now() } = options;
	if (typeof startTime !== "number")
		throw argType("startTime", "of type number", startTime);
	return add(new PerformanceMark(KEY, name, "mark", checkTime(startTime), 0, detailOf(options)));
}

// Where a span begins and ends, of which two of three things may be said.
function spanOf(given, endMark) {
	const options = given !== null && typeof given === "object" ? given : { start: given, end: endMark };
	const { start, end, duration } = options;
	if (start !== undefined && end !== undefined && duration !== undefined)
		throw coded(TypeError, "ERR_PERFORMANCE_MEASURE_INVALID_OPTIONS",
			"Must not have options.start, options.end, and options.duration specified");
	const to = end !== undefined ? timeOf(end) : start !== undefined && duration !== undefined ? timeOf(start) + duration
		: performance.now();
	const from = start !== undefined ? timeOf(start) : duration !== undefined ? to - duration : 0;
	return { from, to, detail: detailOf(options) };
}

function measure(name, startOrOptions, endMark) {
	needName(arguments);
	const { from, to, detail } = spanOf(startOrOptions, endMark);
	return add(new PerformanceMeasure(KEY, `${name}`, "measure", from, to - from, detail));
}

function clear(type, name) {
	entries = entries.filter((entry) => entry.entryType !== type || (name !== undefined && entry.name !== `${name}`));
}

module.exports = {
	mark,
	measure,
	clearMarks: (name) => clear("mark", name),
	clearMeasures: (name) => clear("measure", name),
	getEntries: () => [...entries],
	getEntriesByName: (name, type) => entries.filter((entry) => entry.name === `${name}` &&
		(type === undefined || entry.entryType === type)),
	getEntriesByType: (type) => entries.filter((entry) => entry.entryType === type),
};
