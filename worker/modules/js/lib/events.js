// EventEmitter, as Node's documentation of events has it.
"use strict";

const { argType, checkSignal, outOfRange, coded, isError, mend } = require("errors");

const kCapture = Symbol("kCapture");
const captureRejectionSymbol = Symbol.for("nodejs.rejection");
const errorMonitor = Symbol("events.errorMonitor");

let defaultMaxListeners = 10;
let captureByDefault = false;

function EventEmitter(options) {
	init.call(this, options);
}
function init(options) {
	if (this._events === undefined || this._events === Object.getPrototypeOf(this)._events) {
		this._events = Object.create(null);
		this._eventsCount = 0;
	}
	this._maxListeners = this._maxListeners || undefined;
	if (options && options.captureRejections !== undefined) {
		if (typeof options.captureRejections !== "boolean")
			throw argType("options.captureRejections", "of type boolean", options.captureRejections);
		this[kCapture] = options.captureRejections;
	} else if (captureByDefault) {
		this[kCapture] = true;
	}
}

EventEmitter.prototype._events = undefined;
EventEmitter.prototype._eventsCount = 0;
EventEmitter.prototype._maxListeners = undefined;

function checkListener(listener) {
	if (typeof listener !== "function")
		throw argType("listener", "of type function", listener);
}

function checkMax(name, n) {
	if (typeof n !== "number")
		throw argType(name, "of type number", n);
	if (!(n >= 0))
		throw outOfRange(name, ">= 0", n);
}

EventEmitter.prototype.setMaxListeners = function setMaxListeners(n) {
	checkMax("setMaxListeners", n);
	this._maxListeners = n;
	return this;
};

EventEmitter.prototype.getMaxListeners = function getMaxListeners() {
	return this._maxListeners === undefined ? defaultMaxListeners : this._maxListeners;
};

// A listener that returns a promise that is rejected: its emitter hears of it.
function capture(emitter, result, type, args) {
	if (result === undefined || result === null || typeof result.then !== "function")
		return;
	result.then(undefined, (error) => process.nextTick(() => {
		if (typeof emitter[captureRejectionSymbol] === "function") {
			emitter[captureRejectionSymbol](error, type, ...args);
			return;
		}
		const before = emitter[kCapture];
		emitter[kCapture] = false;
		try {
			emitter.emit("error", error);
		} finally {
			emitter[kCapture] = before;
		}
	}));
}

function throwUnhandled(args) {
	const error = args[0];
	if (isError(error))
		throw error;
	let text;
	try {
		text = require("inspect").inspect(error);
	} catch {
		text = error;
	}
	const made = coded(Error, "ERR_UNHANDLED_ERROR", `Unhandled error. (${text})`);
	made.context = error;
	throw made;
}

EventEmitter.prototype.emit = function emit(type, ...args) {
	const events = this._events;
	if (type === "error") {
		mend(args[0]);
		if (events !== undefined && events[errorMonitor] !== undefined)
			this.emit(errorMonitor, ...args);
		if (events === undefined || events.error === undefined)
			throwUnhandled(args);
	}
	if (events === undefined)
		return false;
	const handler = events[type];
	if (handler === undefined)
		return false;
	if (typeof handler === "function") {
		const result = handler.apply(this, args);
		if (this[kCapture])
			capture(this, result, type, args);
	} else {
		for (const listener of handler.slice()) {
			const result = listener.apply(this, args);
			if (this[kCapture])
				capture(this, result, type, args);
		}
	}
	return true;
};

function warn(emitter, type, n) {
	const error = new Error(`Possible EventEmitter memory leak detected. ${n} ${String(type)} listeners ` +
		`added to ${require("inspect").inspect(emitter, { depth: -1 })}. Use emitter.setMaxListeners() to ` +
		"increase limit");
	error.name = "MaxListenersExceededWarning";
	error.emitter = emitter;
	error.type = type;
	error.count = n;
	process.emitWarning(error);
}

function add(emitter, type, listener, first) {
	checkListener(listener);
	let events = emitter._events;
	if (events === undefined) {
		events = emitter._events = Object.create(null);
		emitter._eventsCount = 0;
	} else if (events.newListener !== undefined) {
		emitter.emit("newListener", type, listener.listener ?? listener);
		events = emitter._events;
	}
	const existing = events[type];
	if (existing === undefined) {
		events[type] = listener;
		emitter._eventsCount++;
		return emitter;
	}
	if (typeof existing === "function")
		events[type] = first ? [listener, existing] : [existing, listener];
	else if (first)
		existing.unshift(listener);
	else
		existing.push(listener);
	const max = emitter.getMaxListeners(), list = events[type];
	if (max > 0 && list.length > max && !list.warned) {
		Object.defineProperty(list, "warned", { value: true });
		warn(emitter, type, list.length);
	}
	return emitter;
}

EventEmitter.prototype.addListener = function addListener(type, listener) {
	return add(this, type, listener, false);
};
EventEmitter.prototype.on = EventEmitter.prototype.addListener;

EventEmitter.prototype.prependListener = function prependListener(type, listener) {
	return add(this, type, listener, true);
};

function onceWrapper(...args) {
	if (this.fired)
		return undefined;
	this.emitter.removeListener(this.type, this.wrapped);
	this.fired = true;
	return this.listener.apply(this.emitter, args);
}

function wrapOnce(emitter, type, listener) {
	checkListener(listener);
	const state = { fired: false, emitter, type, listener, wrapped: undefined };
	state.wrapped = onceWrapper.bind(state);
	state.wrapped.listener = listener;
	return state.wrapped;
}

EventEmitter.prototype.once = function once(type, listener) {
	this.on(type, wrapOnce(this, type, listener));
	return this;
};

EventEmitter.prototype.prependOnceListener = function prependOnceListener(type, listener) {
	this.prependListener(type, wrapOnce(this, type, listener));
	return this;
};

EventEmitter.prototype.removeListener = function removeListener(type, listener) {
	checkListener(listener);
	const events = this._events;
	const list = events === undefined ? undefined : events[type];
	if (list === undefined)
		return this;
	if (list === listener || list.listener === listener) {
		this._eventsCount--;
		if (this._eventsCount === 0)
			this._events = Object.create(null);
		else
			delete events[type];
		if (events.removeListener)
			this.emit("removeListener", type, list.listener || listener);
		return this;
	}
	if (typeof list === "function")
		return this;
	let at = list.length - 1;
	while (at >= 0 && list[at] !== listener && list[at].listener !== listener)
		at--;
	if (at < 0)
		return this;
	list.splice(at, 1);
	if (list.length === 1)
		events[type] = list[0];
	if (events.removeListener !== undefined)
		this.emit("removeListener", type, listener);
	return this;
};
EventEmitter.prototype.off = EventEmitter.prototype.removeListener;

EventEmitter.prototype.removeAllListeners = function removeAllListeners(type) {
	const events = this._events;
	if (events === undefined)
		return this;
	if (events.removeListener === undefined) {
		if (arguments.length === 0) {
			this._events = Object.create(null);
			this._eventsCount = 0;
		} else if (events[type] !== undefined) {
			if (--this._eventsCount === 0)
				this._events = Object.create(null);
			else
				delete events[type];
		}
		return this;
	}
	if (arguments.length === 0) {
		for (const key of Reflect.ownKeys(events))
			if (key !== "removeListener")
				this.removeAllListeners(key);
		this.removeAllListeners("removeListener");
		this._events = Object.create(null);
		this._eventsCount = 0;
		return this;
	}
	const list = events[type];
	if (typeof list === "function")
		this.removeListener(type, list);
	else if (list !== undefined)
		for (let i = list.length - 1; i >= 0; i--)
			this.removeListener(type, list[i]);
	return this;
};

function listenersOf(emitter, type, unwrap) {
	const list = emitter._events === undefined ? undefined : emitter._events[type];
	if (list === undefined)
		return [];
	const all = typeof list === "function" ? [list] : list.slice();
	return unwrap ? all.map((listener) => listener.listener || listener) : all;
}

EventEmitter.prototype.listeners = function listeners(type) {
	return listenersOf(this, type, true);
};

EventEmitter.prototype.rawListeners = function rawListeners(type) {
	return listenersOf(this, type, false);
};

EventEmitter.prototype.listenerCount = function listenerCount(type, listener) {
	const list = this._events === undefined ? undefined : this._events[type];
	if (list === undefined)
		return 0;
	if (listener !== undefined && listener !== null)
		return listenersOf(this, type, false)
			.filter((one) => one === listener || one.listener === listener).length;
	return typeof list === "function" ? 1 : list.length;
};

EventEmitter.prototype.eventNames = function eventNames() {
	return this._eventsCount > 0 ? Reflect.ownKeys(this._events) : [];
};

// events.once, events.on ---------------------------------------------------------------

function abortedError(signal) {
	return require("abort").abortError(signal.reason);
}

function listen(target, type, listener, options) {
	if (typeof target.on === "function") {
		if (options && options.once)
			target.once(type, listener);
		else
			target.on(type, listener);
	} else if (typeof target.addEventListener === "function") {
		target.addEventListener(type, listener, options);
	} else {
		throw argType("emitter", "an instance of EventEmitter", target);
	}
}

function unlisten(target, type, listener) {
	if (typeof target.removeListener === "function")
		target.removeListener(type, listener);
	else
		target.removeEventListener(type, listener);
}

async function once(emitter, type, options = {}) {
	const { signal } = options;
	checkSignal(signal, "options.signal");
	if (signal && signal.aborted)
		throw abortedError(signal);
	return new Promise((resolve, reject) => {
		function done(...args) {
			if (typeof emitter.removeListener === "function")
				emitter.removeListener("error", failed);
			if (signal)
				signal.removeEventListener("abort", aborted);
			resolve(args);
		}
		function failed(error) {
			unlisten(emitter, type, done);
			if (signal)
				signal.removeEventListener("abort", aborted);
			reject(error);
		}
		function aborted() {
			unlisten(emitter, type, done);
			unlisten(emitter, "error", failed);
			reject(abortedError(signal));
		}
		listen(emitter, type, done, { once: true });
		if (type !== "error" && typeof emitter.once === "function")
			emitter.once("error", failed);
		if (signal)
			signal.addEventListener("abort", aborted, { once: true });
	});
}

function on(emitter, type, options = {}) {
	const { signal } = options;
	checkSignal(signal, "options.signal");
	if (signal && signal.aborted)
		throw abortedError(signal);
	const events = [], waiting = [];
	let error = null, finished = false;

	function arrived(...args) {
		if (waiting.length > 0)
			waiting.shift().resolve({ value: args, done: false });
		else
			events.push(args);
	}
	function failed(reason) {
		if (waiting.length > 0)
			waiting.shift().reject(reason);
		else
			error = reason;
		iterator.return();
	}
	function aborted() {
		failed(abortedError(signal));
	}
	const iterator = Object.setPrototypeOf({
		next() {
			if (events.length > 0)
				return Promise.resolve({ value: events.shift(), done: false });
			if (error !== null) {
				const reason = error;
				error = null;
				return Promise.reject(reason);
			}
			if (finished)
				return Promise.resolve({ value: undefined, done: true });
			return new Promise((resolve, reject) => waiting.push({ resolve, reject }));
		},
		return() {
			unlisten(emitter, type, arrived);
			unlisten(emitter, "error", failed);
			if (signal)
				signal.removeEventListener("abort", aborted);
			finished = true;
			for (const one of waiting.splice(0))
				one.resolve({ value: undefined, done: true });
			return Promise.resolve({ value: undefined, done: true });
		},
		throw(reason) {
			if (!isError(reason))
				throw argType("EventEmitter.AsyncIterator", "an instance of Error", reason);
			error = reason;
			unlisten(emitter, type, arrived);
			unlisten(emitter, "error", failed);
		},
		[Symbol.asyncIterator]() {
			return this;
		},
	}, Object.getPrototypeOf(Object.getPrototypeOf(async function* () {}).prototype));
	listen(emitter, type, arrived);
	if (type !== "error" && typeof emitter.on === "function")
		emitter.on("error", failed);
	if (signal)
		signal.addEventListener("abort", aborted, { once: true });
	return iterator;
}

EventEmitter.once = once;
EventEmitter.on = on;
EventEmitter.getEventListeners = function getEventListeners(target, type) {
	if (typeof target.listeners === "function")
		return target.listeners(type);
	if (!(target instanceof EventTarget))
		throw argType("emitter", "an instance of EventEmitter or EventTarget", target);
	return require("abort").listenersOf(target, type);
};
EventEmitter.listenerCount = (emitter, type) => emitter.listenerCount(type);
EventEmitter.getMaxListeners = function getMaxListeners(target) {
	if (typeof target?.getMaxListeners === "function")
		return target.getMaxListeners();
	if (!(target instanceof EventTarget))
		throw argType("eventTarget", "an instance of EventEmitter or EventTarget", target);
	return require("abort").maxListenersOf(target) ?? defaultMaxListeners;
};
EventEmitter.setMaxListeners = (n = defaultMaxListeners, ...targets) => {
	checkMax("setMaxListeners", n);
	if (targets.length === 0)
		defaultMaxListeners = n;
	for (const target of targets) {
		if (typeof target?.setMaxListeners === "function")
			target.setMaxListeners(n);
		else if (target instanceof EventTarget)
			require("abort").setMaxListenersOf(target, n);
		else
			throw argType("eventTargets", "an instance of EventEmitter or EventTarget", target);
	}
};
// A listener to "abort" that no other one can keep it from, and that is called though the signal is aborted already.
EventEmitter.addAbortListener = function addAbortListener(signal, listener) {
	if (signal === undefined)
		throw argType("signal", "an instance of AbortSignal", signal);
	checkSignal(signal, "signal");
	if (typeof listener !== "function")
		throw argType("listener", "of type function", listener);
	if (signal.aborted)
		queueMicrotask(() => listener());
	else
		signal.addEventListener("abort", listener, { once: true });
	return { [Symbol.dispose]: () => signal.removeEventListener("abort", listener) };
};
EventEmitter.errorMonitor = errorMonitor;
EventEmitter.captureRejectionSymbol = captureRejectionSymbol;
EventEmitter.init = init;
Object.defineProperties(EventEmitter, {
	defaultMaxListeners: {
		enumerable: true,
		get: () => defaultMaxListeners,
		set(n) {
			checkMax("defaultMaxListeners", n);
			defaultMaxListeners = n;
		},
	},
	captureRejections: {
		enumerable: true,
		get: () => captureByDefault,
		set(value) {
			if (typeof value !== "boolean")
				throw argType("EventEmitter.captureRejections", "of type boolean", value);
			captureByDefault = value;
		},
	},
});
EventEmitter.EventEmitter = EventEmitter;
EventEmitter.usingDomains = false;

module.exports = EventEmitter;
