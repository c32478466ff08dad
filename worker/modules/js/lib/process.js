// process: an EventEmitter, with what a worker can say of itself.
"use strict";

const EventEmitter = require("events");
const { argType, coded } = require("errors");
const { nextTick, exiting, refuse } = require("internal");

const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 };
const LOG_WARNING = 4, LOG_INFO = 6, LOG_ERR = 3;
const asked = new Set();

class process extends EventEmitter {}
const self = new process();

// A stream that writes lines into the log; what has no line's end yet waits for it.
function logStream(priority, fd) {
	const { Writable } = require("stream");
	let rest = "";
	const stream = new Writable({
		decodeStrings: false,
		write(piece, encoding, done) {
			rest += typeof piece === "string" ? piece : piece.toString();
			const end = rest.lastIndexOf("\n");
			if (end >= 0) {
				native.log(priority, rest.slice(0, end));
				rest = rest.slice(end + 1);
			}
			done();
		},
	});
	stream.fd = fd;
	stream.isTTY = undefined;
	return stream;
}

function lazily(name, make) {
	Object.defineProperty(self, name, {
		configurable: true,
		enumerable: true,
		get() {
			const value = make();
			Object.defineProperty(self, name, { configurable: true, enumerable: true, value });
			return value;
		},
	});
}

function memoryUsage() {
	const [rss, heapTotal, heapUsed, external] = native.memoryUsage();
	return { rss, heapTotal, heapUsed, external, arrayBuffers: 0 };
}
memoryUsage.rss = () => native.memoryUsage()[0];

function hrtime(since) {
	const [seconds, nanoseconds] = native.hrtime();
	if (since === undefined)
		return [seconds, nanoseconds];
	if (!Array.isArray(since))
		throw argType("time", "an instance of Array", since);
	const n = nanoseconds - since[1];
	return n < 0 ? [seconds - since[0] - 1, n + 1e9] : [seconds - since[0], n];
}
hrtime.bigint = () => {
	const [seconds, nanoseconds] = native.hrtime();
	return BigInt(seconds) * 1000000000n + BigInt(nanoseconds);
};

function cpuUsage(since) {
	const [user, system] = native.cpuUsage();
	return since ? { user: user - since.user, system: system - since.system } : { user, system };
}

// The worker drains and is replaced; nothing more of this callback runs.
let left = false;
function exit(code) {
	if (code !== undefined)
		self.exitCode = code;
	if (!left) {
		left = true;
		self.emit("exit", Number(self.exitCode ?? 0));
		if (!refuse(exiting))
			native.leave(Number(self.exitCode ?? 0));
	}
	throw exiting;
}

function emitWarning(warning, type, code) {
	if (type !== null && typeof type === "object") {
		code = type.code;
		type = type.type;
	}
	if (typeof code === "function")
		code = undefined; // where the stack begins
	if (typeof warning === "string") {
		warning = new Error(warning);
		warning.name = type || "Warning";
		if (code !== undefined)
			warning.code = code;
	}
	nextTick(() => {
		self.emit("warning", warning);
		native.log(LOG_WARNING, `${warning.code ? `[${warning.code}] ` : ""}${warning.name}: ${warning.message}`);
	});
}

function chdir() {
	throw coded(Error, "ERR_WORKER_UNSUPPORTED_OPERATION",
		"process.chdir() is not supported in workers");
}

Object.assign(self, {
	title: "eddy-worker",
	version: "v20.0.0",
	versions: { node: "20.0.0", eddy: "0.1.0" },
	release: { name: "node" },
	arch: { x86_64: "x64", aarch64: "arm64" }[native.system()[3]] ?? native.system()[3],
	platform: "linux",
	pid: native.pid(),
	argv: ["eddy-worker"],
	execArgv: [],
	execPath: "eddy-worker",
	argv0: "eddy-worker",
	env: new Proxy(native.environment(), {
		set(variables, name, value) {
			if (typeof name === "symbol")
				throw new TypeError("Cannot convert a Symbol value to a string");
			variables[name] = `${value}`;
			return true;
		},
	}),
	exitCode: undefined,
	config: {},
	features: {},
	nextTick,
	memoryUsage,
	cpuUsage,
	hrtime,
	exit,
	emitWarning,
	chdir,
	uptime: () => native.uptime(),
	cwd: () => native.cwd(),
	abort: () => exit(134),
	umask: () => 0o22,
	getuid: undefined,
});
lazily("stdout", () => logStream(LOG_INFO, 1));
lazily("stderr", () => logStream(LOG_ERR, 2));

// Node's listens to a signal with the first listener that it has for it.
self.on("newListener", (name) => {
	const number = SIGNALS[name];
	if (number === undefined || asked.has(name))
		return;
	asked.add(name);
	native.onSignal(number);
});
Object.defineProperty(self, "onSignal", {
	value(number) {
		const name = Object.keys(SIGNALS).find((key) => SIGNALS[key] === number);
		self.emit(name, name, number);
	},
});
Object.defineProperty(self, "onDrain", {
	value() {
		if (!left) {
			left = true;
			self.emit("beforeExit", 0);
			self.emit("exit", Number(self.exitCode ?? 0));
		}
	},
});
Object.defineProperty(self, Symbol.toStringTag, { configurable: true, value: "process" });

module.exports = self;
