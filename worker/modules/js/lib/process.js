// process: an EventEmitter, with what a worker can say of itself.
"use strict";

const EventEmitter = require("events");
const { argType, coded, outOfRange, caller, here } = require("errors");
const { nextTick, capture, exiting, refuse } = require("internal");
const { outputs, flush } = require("process/output");

const SIGNALS = { __proto__: null, SIGHUP: 1, SIGINT: 2, SIGUSR1: 10, SIGUSR2: 12, SIGTERM: 15 };
const LOG_WARNING = 4;
const asked = new Set();

class process extends EventEmitter {}
const self = new process();

// A stream that writes lines into the log.
function logStream(fd) {
	const { Writable } = require("stream");
	const stream = new Writable({
		decodeStrings: false,
		write(piece, encoding, done) {
			const isText = typeof piece !== "string" || encoding === "utf8" || encoding === "utf-8";
			outputs[fd].write(isText ? piece : Buffer.from(piece, encoding));
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
	if (since.length !== 2)
		throw outOfRange("time", "2", since.length);
	const n = nanoseconds - since[1];
	return n < 0 ? [seconds - since[0] - 1, n + 1e9] : [seconds - since[0], n];
}
hrtime.bigint = () => {
	const [seconds, nanoseconds] = native.hrtime();
	return BigInt(seconds) * 1000000000n + BigInt(nanoseconds);
};

function checkUsage(since, name) {
	const value = since[name];
	if (typeof value !== "number")
		throw argType(`prevValue.${name}`, "of type number", value);
	if (!(value >= 0 && value <= Number.MAX_SAFE_INTEGER))
		throw coded(RangeError, "ERR_INVALID_ARG_VALUE",
			`The property 'prevValue.${name}' is invalid. Received ${value}`);
}

function cpuUsage(since) {
	const [user, system] = native.cpuUsage();
	if (!since)
		return { user, system };
	if (typeof since !== "object")
		throw argType("prevValue", "of type object", since);
	checkUsage(since, "user");
	checkUsage(since, "system");
	return { user: user - since.user, system: system - since.system };
}

let exitCode;
function setExitCode(code) {
	const number = typeof code === "string" && code !== "" && Number.isInteger(Number(code)) ? Number(code) : code;
	if (number !== undefined && number !== null && typeof number !== "number")
		throw argType("code", "of type number", code);
	if (typeof number === "number" && !Number.isInteger(number))
		throw outOfRange("code", "an integer", code);
	exitCode = code;
}

// The worker drains and is replaced; nothing more of this callback runs.
let left = false;
function exit(code) {
	if (code !== undefined)
		setExitCode(code);
	if (!left) {
		const place = here();
		left = true;
		self.emit("exit", Number(exitCode ?? 0));
		flush();
		if (!refuse(exiting, place))
			native.leave(Number(exitCode ?? 0), caller());
	}
	throw exiting;
}

function warningOf(text, type, code, detail) {
	const warning = new Error(text);
	warning.name = type || "Warning";
	if (code !== undefined)
		warning.code = code;
	if (detail !== undefined)
		warning.detail = detail;
	return warning;
}

function emitWarning(warning, type, code) {
	let detail;
	if (type !== null && typeof type === "object" && !Array.isArray(type)) {
		({ code, detail, type } = type);
		if (typeof detail !== "string")
			detail = undefined;
	} else if (typeof type === "function") {
		type = code = undefined; // where the stack begins
	}
	if (type !== undefined && typeof type !== "string")
		throw argType("type", "of type string", type);
	if (typeof code === "function")
		code = undefined;
	else if (code !== undefined && typeof code !== "string")
		throw argType("code", "of type string", code);
	if (typeof warning === "string")
		warning = warningOf(warning, type, code, detail);
	else if (!(warning instanceof Error))
		throw argType("warning", "of type string or an instance of Error", warning);
	if (warning.name === "DeprecationWarning") {
		if (self.noDeprecation)
			return;
		if (self.throwDeprecation) {
			nextTick(() => {
				throw warning;
			});
			return;
		}
	}
	nextTick(() => self.emit("warning", warning));
}

self.on("warning", (warning) => {
	const code = warning.code ? `[${warning.code}] ` : "", detail = warning.detail ? `\n${warning.detail}` : "";
	native.log(LOG_WARNING, `${code}${warning.name}: ${warning.message}${detail}`);
});

function kill(pid, signal = "SIGTERM") {
	// eslint-disable-next-line eqeqeq
	if (pid != (pid | 0))
		throw argType("pid", "of type number", pid);
	const number = typeof signal === "number" ? signal : require("os/constants").signals[signal];
	if (number === undefined)
		throw coded(TypeError, "ERR_UNKNOWN_SIGNAL", `Unknown signal: ${signal}`);
	native.kill(pid | 0, number);
	return true;
}

function chdir(folder) {
	if (typeof folder !== "string")
		throw argType("directory", "of type string", folder);
	throw coded(Error, "ERR_WORKER_UNSUPPORTED_OPERATION",
		"process.chdir() is not supported in workers");
}

function resourceUsage() {
	const [userCPUTime, systemCPUTime, maxRSS, minorPageFault, majorPageFault, fsRead, fsWrite, voluntaryContextSwitches,
		involuntaryContextSwitches] = native.resources();
	return { userCPUTime, systemCPUTime, maxRSS, sharedMemorySize: 0, unsharedDataSize: 0, unsharedStackSize: 0, minorPageFault,
		majorPageFault, swappedOut: 0, fsRead, fsWrite, ipcSent: 0, ipcReceived: 0, signalsCount: 0,
		voluntaryContextSwitches, involuntaryContextSwitches };
}

// What this worker may still take: of the machine's, and of what the module's option memory allows.
function availableMemory() {
	const spare = require("os").freemem(), most = native.memoryMax();
	return most === 0 ? spare : Math.max(Math.min(spare, most - memoryUsage.rss()), 0);
}

const STATUS = 3; // of native.osKernel

function umask(mask) {
	if (mask !== undefined)
		throw coded(Error, "ERR_WORKER_UNSUPPORTED_OPERATION", "Setting process.umask() is not supported in workers");
	const found = /^Umask:\s*([0-7]+)$/m.exec(native.osKernel(STATUS));
	return found === null ? 0o22 : parseInt(found[1], 8);
}

function setUncaughtExceptionCaptureCallback(callback) {
	if (callback !== null && typeof callback !== "function")
		throw argType("fn", "of type function or null", callback);
	if (callback !== null && capture.callback !== null)
		throw coded(Error, "ERR_UNCAUGHT_EXCEPTION_CAPTURE_ALREADY_SET", "`process.setupUncaughtExceptionCapture()` was called " +
			"while a capture callback was already active");
	capture.callback = callback;
}

// What a file of names and values has, into the environment, where it does not have them: while the script loads.
function loadEnvFile(path = ".env") {
	const found = require("util").parseEnv(require("fs").readFileSync(path, "utf8"));
	for (const [name, value] of Object.entries(found)) {
		if (!Object.hasOwn(self.env, name))
			self.env[name] = value;
	}
}

// A daemon's input has nothing in it.
function emptyInput() {
	const { Readable } = require("stream");
	return Object.assign(new Readable({ read() {
		this.push(null);
	} }), { fd: 0, isTTY: undefined });
}

const invalidDefine = (why) => coded(TypeError, "ERR_INVALID_OBJECT_DEFINE_PROPERTY", `'process.env' ${why}`);
const [ppid, uid, euid, gid, egid] = native.ids();

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
		defineProperty(variables, name, own) {
			if (!("value" in own))
				throw invalidDefine("does not accept an accessor(getter/setter) descriptor");
			if (!own.configurable || !own.writable || !own.enumerable)
				throw invalidDefine("only accepts a configurable, writable, and enumerable data descriptor");
			variables[name] = `${own.value}`;
			return true;
		},
	}),
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
	umask,
	resourceUsage,
	availableMemory,
	constrainedMemory: () => native.memoryMax(),
	hasUncaughtExceptionCaptureCallback: () => capture.callback !== null,
	setUncaughtExceptionCaptureCallback,
	getBuiltinModule: (name) => require("module").builtin(name),
	getgroups: () => native.groups(),
	loadEnvFile,
	ppid,
	getuid: () => uid,
	geteuid: () => euid,
	getgid: () => gid,
	getegid: () => egid,
	kill,
});
Object.defineProperty(self, "exitCode", { enumerable: true, get: () => exitCode, set: setExitCode });
lazily("stdout", () => logStream(1));
lazily("stderr", () => logStream(2));
lazily("stdin", emptyInput);

// Node's listens to a signal with the first listener that it has for it.
self.on("newListener", (name) => {
	if (name === "SIGKILL" || name === "SIGSTOP")
		throw require("net/address").systemError("EINVAL", "uv_signal_start");
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
			self.emit("exit", Number(exitCode ?? 0));
		}
	},
});
Object.defineProperty(self, Symbol.toStringTag, { configurable: true, value: "process" });

module.exports = self;
