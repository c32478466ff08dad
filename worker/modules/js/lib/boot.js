// The first library: the events that C brings in, the queue of process.nextTick, and the globals. It
// returns the functions that C calls; js.h says when.
"use strict";

const TICKS = 0, TIMER = 1, REQUEST = 2, BODY = 3, RESPONSE = 4, SOCKET = 5, SERVER = 6, SIGNAL = 7,
	DRAIN = 8, CONNECTION = 9, MESSAGE = 10, DNS = 20, CLIENT = 21, FS = 30;
const PENDING = 0, SERVES = 1; // of struct js_shared
const shared = new Uint8Array(native.shared);
const libraries = new Map();
const LOG_ERR = 3;
const TICKS_KEPT = 1024;

// ticks --------------------------------------------------------------------------------

let queue = [];
let rejections = [];

function nextTick(callback, ...args) {
	if (typeof callback !== "function")
		throw library("errors").argType("callback", "of type function", callback);
	queue.push(args.length === 0 ? callback : () => callback(...args));
	shared[PENDING] = 1;
}

function runTicks() {
	for (let i = 0; i < queue.length; i++) {
		const tick = queue[i];
		queue[i] = undefined; // ticks that queue ticks: what has run is not kept until the last has
		if (i >= TICKS_KEPT && 2 * i >= queue.length) {
			queue.splice(0, i);
			i = 0;
		}
		try {
			tick();
		} catch (error) {
			uncaught(error);
		}
	}
	queue = [];
	shared[PENDING] = rejections.length > 0 ? 1 : 0;
}

function queueMicrotask(callback) {
	if (typeof callback !== "function")
		throw library("errors").argType("callback", "of type function", callback);
	Promise.resolve().then(() => {
		try {
			callback();
		} catch (error) {
			uncaught(error);
		}
	});
}

// failures -----------------------------------------------------------------------------

// What process.exit throws, so that nothing of the callback runs behind it.
const exiting = { toString: () => "process.exit" };

// While the script loads, what nobody has caught refuses it: the first of them is what is said. What that has begun
// may refuse it until the worker is ready: process.exit, and errors that have got the place where they were asked for.
// False: it has been loaded, and `error` is to be told otherwise.
let loading = false, refusal;
function refuse(error, place) {
	if (loading) {
		refusal ??= { error, place };
		return true;
	}
	if (error !== exiting && !library("errors").isPlaced(error))
		return false;
	return native.refuse(library("errors").describe(error === exiting ? exited(place) : error));
}

function exited(place) {
	const { exitCode } = library("process");
	return library("errors").placeAt(
		new Error(`the script has called process.exit(${exitCode ?? ""}) while it was loaded`), place);
}

// Who has asked for all that nobody catches, by process.setUncaughtExceptionCaptureCallback.
const capture = { callback: null };

// Which request nobody would answer any more, since this was thrown: its listeners' (blame), or what ran behind an event
// of its body. It is answered as if its handler had thrown.
let blamed, delivering;

function blame(response, error) {
	if (blamed === undefined || blamed.error !== error)
		blamed = { response, error };
}

function giveUp(error) {
	const response = blamed !== undefined && blamed.error === error ? blamed.response : delivering;
	blamed = undefined;
	if (response === undefined)
		return;
	try {
		response.giveUp_();
	} catch (second) { // of a class of the script's own
		report(second, "uncaughtException");
	}
}

function uncaught(error, origin = "uncaughtException") {
	report(error, origin);
	giveUp(error);
}

// What the engine has thrown gets Node's `stack` before a script sees it.
function mend(error) {
	return library("errors/trace").mend(error);
}

function report(error, origin) {
	if (error === exiting)
		return;
	const process = library("process");
	try {
		if (process.listenerCount("uncaughtExceptionMonitor") > 0)
			process.emit("uncaughtExceptionMonitor", mend(error), origin);
		if (capture.callback !== null) {
			capture.callback(mend(error));
			return;
		}
		if (process.listenerCount("uncaughtException") > 0) {
			process.emit("uncaughtException", mend(error), origin);
			return;
		}
	} catch (second) {
		error = second;
	}
	if (error !== exiting && !refuse(error))
		native.log(LOG_ERR, "Uncaught " + library("errors").report(error));
}

// Emits an event; what a listener throws is reported here, so that it keeps nothing back that comes behind. Whether
// there were listeners; undefined: one has thrown.
function tell(emitter, ...event) {
	try {
		return emitter.emit(...event);
	} catch (error) {
		uncaught(error);
		return undefined;
	}
}

function reject(promise, reason) {
	rejections.push({ promise, reason });
	shared[PENDING] = 1;
}

// What is rejected need not be an error, as what is thrown should. An object's own words are not asked for.
function asError(reason) {
	const { coded, isError } = library("errors");
	if (isError(reason))
		return reason;
	const words = typeof reason === "object" && reason !== null ? Object.prototype.toString.call(reason) : String(reason);
	const error = coded(Error, "ERR_UNHANDLED_REJECTION", "This error originated either by throwing inside of an async " +
		"function without a catch block, or by rejecting a promise which was not handled with .catch(). The promise rejected " +
		`with the reason "${words}".`);
	return Object.defineProperty(error, "name", { configurable: true, writable: true, value: "UnhandledPromiseRejection" });
}

function runRejections() {
	const list = rejections;
	const process = library("process");
	rejections = [];
	shared[PENDING] = 0;
	for (const { promise, reason } of list) {
		if (reason === exiting)
			continue;
		library("module/es_modules").explainImport(reason);
		try {
			if (process.listenerCount("unhandledRejection") > 0) {
				process.emit("unhandledRejection", mend(reason), promise);
				continue;
			}
			if (capture.callback !== null || process.listenerCount("uncaughtException") > 0) {
				uncaught(asError(reason), "unhandledRejection");
				continue;
			}
		} catch (error) {
			uncaught(error);
			continue;
		}
		if (!refuse(reason))
			native.log(LOG_ERR, "Unhandled rejection: " + library("errors").report(reason));
	}
}

// libraries ----------------------------------------------------------------------------

function library(name) {
	const known = libraries.get(name);
	if (known !== undefined)
		return known.exports;
	const make = native.library(name);
	if (make === undefined)
		return undefined;
	const module = { exports: {} };
	libraries.set(name, module);
	make(module.exports, library, module, native);
	return module.exports;
}

libraries.set("internal", {
	exports: {
		capture, nextTick, queueMicrotask, uncaught, blame, tell, exiting, shared, SERVES, library, refuse, lazily,
		isLoading: () => loading,
	},
});

// globals ------------------------------------------------------------------------------

// A property whose value is made when somebody asks for it. It can be assigned before and after.
function lazily(object, name, make, enumerable = true) {
	const keep = (value, seen) => Object.defineProperty(object, name,
		{ configurable: true, enumerable: seen, writable: true, value });
	Object.defineProperty(object, name, {
		configurable: true,
		enumerable,
		get() {
			const value = make();
			keep(value, enumerable);
			return value;
		},
		set(value) {
			keep(value, true);
		},
	});
}

function globally(name, from, key, enumerable = false) {
	lazily(globalThis, name, () => key === undefined ? library(from) : library(from)[key], enumerable);
}

globally("console", "console");
globally("process", "process");
globally("structuredClone", "clone", "structuredClone", true);
globally("performance", "performance", undefined, true);
globally("Buffer", "buffer", "Buffer");
for (const name of ["atob", "btoa"])
	globally(name, "buffer", name, true);
for (const name of ["Blob", "File"])
	globally(name, "buffer/blob", name);
for (const name of ["URL", "URLSearchParams"])
	globally(name, "url", name);
for (const name of ["TextEncoder", "TextDecoder"])
	globally(name, "encoding", name);
for (const name of ["AbortController", "AbortSignal", "Event", "EventTarget", "CustomEvent", "DOMException"])
	globally(name, "abort", name);
for (const name of ["setTimeout", "setInterval", "setImmediate", "clearTimeout", "clearInterval",
	"clearImmediate"])
	globally(name, "timers", name, true);
Object.defineProperty(globalThis, "global",
	{ configurable: true, enumerable: true, writable: true, value: globalThis });
Object.defineProperty(globalThis, Symbol.toStringTag, { configurable: true, value: "global" });
for (const name of ["dispose", "asyncDispose"]) { // which the engine need not have yet
	if (Symbol[name] === undefined)
		Object.defineProperty(Symbol, name, { value: Symbol(`nodejs.${name}`) });
}
Object.defineProperty(globalThis, "queueMicrotask",
	{ configurable: true, enumerable: true, writable: true, value: queueMicrotask });

library("errors/classes");
native.onRejection((promise, reason) => reject(promise, reason));

// events -------------------------------------------------------------------------------

let onRequest;

function deliver(event, a, b, c, d, e, f) {
	switch (event) {
	case TIMER:
		return library("timers").fire(a);
	case REQUEST:
		onRequest ??= library("http/server").onRequest;
		return onRequest(a, b, c, d, e, f);
	case BODY:
		return library("http/response_events").onBody(a, b, c);
	case RESPONSE:
		return library("http/response_events").onResponse(a, b);
	case SOCKET:
		return library("net").onSocket(a, b, c);
	case SERVER:
		return library("net").onServer(a, b, c);
	case CONNECTION:
		return library("net").onConnection(a);
	case FS:
		return library("fs/calls").onResult(a, b);
	case DNS:
		return library("dns/resolver").onAnswer(a, b, c);
	case CLIENT:
		return library("http/client_events").onEvent(a, b, c, d);
	case SIGNAL:
		return library("process").onSignal(a);
	case MESSAGE:
		return library("eddy").onMessage(a, b);
	case DRAIN:
		if (libraries.has("eddy"))
			library("eddy").onLeave();
		return library("process").onDrain();
	}
}

function dispatch(event, a, b, c, d, e, f) {
	if (event === TICKS) {
		if (queue.length === 0)
			runRejections();
	} else {
		if (event === BODY)
			delivering = library("http/response_events").exchanges.get(a);
		try {
			deliver(event, a, b, c, d, e, f);
		} catch (error) {
			uncaught(error);
		}
	}
	if (queue.length > 0)
		runTicks();
	blamed = delivering = undefined;
}

// Loads the script: what it throws refuses it. C then runs what is queued, and asks with `loaded` how that went:
// a promise of the script's that is rejected before the worker serves refuses it, too.
function load(path) {
	loading = true;
	try {
		library("module").loadMain(path);
	} catch (error) {
		refuse(error, library("module").whereThrown(error));
	}
	runTicks();
}

function loaded() {
	loading = false;
	if (refusal === undefined)
		return library("module").takeOver();
	if (libraries.has("process/output"))
		library("process/output").flush();
	if (refusal.error === exiting)
		throw exited(refusal.place);
	library("errors").logFrames(refusal.error);
	throw refusal.error;
}

// For eddyd -t: throws what is wrong with the script, of which nothing runs.
function check(path) {
	loading = true;
	library("module/load_check")(path);
}

return {
	dispatch, load, loaded, check, Error,
	describe: (error) => library("errors").describe(error, refusal?.place),
};
