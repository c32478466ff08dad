// console: into eddy's log, each method with its priority; and Console, of which a script may make one for streams of its
// own.
"use strict";

const { formatWithOptions, inspect, width } = require("inspect");
const { argType, stackOf } = require("errors");
const settle = require("console/options");
const { outputs } = require("process/output");

const ERR = 3, WARNING = 4, INFO = 6, DEBUG = 7;

function duration(ms) {
	if (ms >= 3600000 || ms >= 60000) {
		const hours = Math.floor(ms / 3600000), minutes = Math.floor(ms / 60000) % 60;
		const seconds = (ms % 60000) / 1000, two = (n) => String(n).padStart(2, "0");
		if (hours > 0)
			return `${hours}:${two(minutes)}:${two(Math.floor(seconds))} (h:mm:ss)`;
		return `${minutes}:${seconds.toFixed(3).padStart(6, "0")} (m:ss.mmm)`;
	}
	return ms >= 1000 ? `${(ms / 1000).toFixed(3)}s` : `${Number(ms.toFixed(3))}ms`;
}

function now() {
	const [seconds, nanoseconds] = native.hrtime();
	return seconds * 1e3 + nanoseconds / 1e6;
}

// The lines of console.table.
function drawn(heads, columns) {
	const rows = Math.max(...columns.map((column) => column.length));
	const widths = heads.map((head, i) =>
		Math.max(width(head), ...columns[i].map((cell) => width(cell))) + 2);
	const line = (left, middle, right) => left + widths.map((n) => "─".repeat(n)).join(middle) + right;
	const row = (cells) => "│" + cells.map((cell, i) => {
		return ` ${cell}${" ".repeat(widths[i] - width(cell) - 1)}`;
	}).join("│") + "│";
	const out = [line("┌", "┬", "┐"), row(heads), line("├", "┼", "┤")];
	for (let i = 0; i < rows; i++)
		out.push(row(columns.map((column) => column[i] ?? "")));
	out.push(line("└", "┴", "┘"));
	return out.join("\n");
}

const cell = (value) => inspect(value, { maxArrayLength: 3, breakLength: Infinity,
	depth: value !== null && typeof value === "object" && !Array.isArray(value) && Object.keys(value).length > 2 ? -1 : 0 });

// In the order in which Node's object has them.
const METHODS = ["log", "warn", "dir", "time", "timeEnd", "timeLog", "trace", "assert", "clear", "count", "countReset",
	"group", "groupEnd", "table", "debug", "info", "dirxml", "error", "groupCollapsed"];

const noop = () => {};

// What goes wrong with a stream is the stream's to tell, to those who listen; nobody else hears of it.
function writeQuietly(stream, text) {
	try {
		if (stream.listenerCount("error") === 0)
			stream.once("error", noop);
		stream.write(text, (error) => {
			if (error && !stream._writableState.errorEmitted && stream.listenerCount("error") === 0)
				stream.once("error", noop);
		});
	} catch (error) {
		if (error instanceof RangeError && /call stack/.test(error.message))
			throw error;
	} finally {
		stream.removeListener("error", noop);
	}
}

class Methods {
	#streams; // { 1: stdout, 2: stderr, …}; undefined: the log
	#indent = "";
	#step = "  ";
	#counts = new Map();
	#times = new Map();

	constructor(streams) {
		this.#streams = streams;
		if (streams !== undefined)
			this.#step = streams.step;
		for (const name of METHODS) {
			const value = this[name].bind(this);
			Object.defineProperty(value, "name", { configurable: true, value: name });
			Object.defineProperty(this, name, { configurable: true, enumerable: true, writable: true, value });
		}
	}

	#write(priority, args) {
		const fd = priority <= WARNING ? 2 : 1;
		let text = formatWithOptions(this.#inspectOptions(fd), ...args);
		if (this.#indent !== "")
			text = this.#indent + text.replaceAll("\n", `\n${this.#indent}`);
		if (this.#streams === undefined)
			native.log(priority, outputs[fd].take() + text); // behind what process.stdout has begun the line with
		else if (this.#streams.ignoreErrors)
			writeQuietly(this.#streams[fd], `${text}\n`);
		else
			this.#streams[fd].write(`${text}\n`);
	}

	#inspectOptions(fd) {
		return this.#streams === undefined ? {} : this.#streams.inspectOptionsFor(this.#streams[fd]);
	}

	log(...args) {
		this.#write(INFO, args);
	}

	info(...args) {
		this.#write(INFO, args);
	}

	debug(...args) {
		this.#write(DEBUG, args);
	}

	warn(...args) {
		this.#write(WARNING, args);
	}

	error(...args) {
		this.#write(ERR, args);
	}

	dir(value, options) {
		this.#write(INFO, [inspect(value, { customInspect: false, ...this.#inspectOptions(1), ...options })]);
	}

	dirxml(...args) {
		this.#write(INFO, args);
	}

	trace(...args) {
		const error = new Error(formatWithOptions({}, ...args));
		error.name = "Trace";
		const lines = stackOf(error).split("\n").filter((line) => !/node:console:/.test(line));
		this.#write(ERR, ["%s", lines.join("\n")]);
	}

	assert(condition, ...args) {
		if (condition)
			return;
		args[0] = args.length === 0 ? "Assertion failed" : `Assertion failed: ${args[0]}`;
		this.#write(WARNING, args);
	}

	count(label = "default") {
		const n = (this.#counts.get(`${label}`) ?? 0) + 1;
		this.#counts.set(`${label}`, n);
		this.#write(INFO, [`${label}: ${n}`]);
	}

	countReset(label = "default") {
		if (!this.#counts.delete(`${label}`))
			process.emitWarning(`Count for '${label}' does not exist`);
	}

	group(...args) {
		if (args.length > 0)
			this.#write(INFO, args);
		this.#indent += this.#step;
	}

	groupCollapsed(...args) {
		this.group(...args);
	}

	groupEnd() {
		this.#indent = this.#indent.slice(this.#step.length);
	}

	time(label = "default") {
		if (this.#times.has(`${label}`))
			process.emitWarning(`Label '${label}' already exists for console.time()`);
		else
			this.#times.set(`${label}`, now());
	}

	timeLog(label = "default", ...args) {
		const start = this.#times.get(`${label}`);
		if (start === undefined)
			process.emitWarning(`No such label '${label}' for console.timeLog()`);
		else
			this.#write(INFO, ["%s: %s", label, duration(now() - start), ...args]);
	}

	timeEnd(label = "default") {
		const start = this.#times.get(`${label}`);
		if (start === undefined) {
			process.emitWarning(`No such label '${label}' for console.timeEnd()`);
			return;
		}
		this.#times.delete(`${label}`);
		this.#write(INFO, ["%s: %s", label, duration(now() - start)]);
	}

	clear() {} // of a terminal

	table(data, properties) {
		if (data === null || typeof data !== "object") {
			this.#write(INFO, [data]);
			return;
		}
		if (properties !== undefined && !Array.isArray(properties))
			throw argType("properties", "an instance of Array", properties);
		const rows = data instanceof Map ? [...data] : data instanceof Set ? [...data].map((value, i) => [i, value])
			: Object.entries(data);
		const indexHead = data instanceof Map || data instanceof Set ? "(iteration index)" : "(index)";
		const heads = [], values = [], columns = new Map();
		rows.forEach(([, value], i) => {
			if (value === null || typeof value !== "object" || data instanceof Map) {
				values[i] = cell(value);
				return;
			}
			for (const key of properties ?? Object.keys(value)) {
				if (!columns.has(key))
					columns.set(key, []);
				columns.get(key)[i] = Object.hasOwn(value, key) ? cell(value[key]) : "";
			}
		});
		const index = data instanceof Map || data instanceof Set ? rows.map((_, i) => String(i)) : rows.map(([key]) => key);
		const shown = [index];
		heads.push(indexHead);
		if (data instanceof Map) {
			heads.push("Key");
			shown.push(rows.map(([key]) => cell(key)));
		}
		for (const [key, column] of columns) {
			heads.push(key);
			shown.push(Array.from({ length: rows.length }, (_, i) => column[i] ?? ""));
		}
		if (values.length > 0) {
			heads.push("Values");
			shown.push(Array.from({ length: rows.length }, (_, i) => values[i] ?? ""));
		}
		this.#write(INFO, ["%s", drawn(heads, shown)]);
	}
}

// With new or without.
function Console(...args) {
	return Reflect.construct(Methods, [settle(...args)], new.target ?? Console);
}
Console.prototype = Methods.prototype;
Object.defineProperty(Console.prototype, "constructor", { configurable: true, writable: true, value: Console });

module.exports = new Methods(undefined);
Object.defineProperty(module.exports, Symbol.toStringTag, { configurable: true, value: "console" });
Object.defineProperty(module.exports, "Console", { value: Console });
