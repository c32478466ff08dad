// EventTarget, Event, AbortController, AbortSignal and DOMException, as the DOM has them.
"use strict";

const { argType, coded } = require("errors");
const { uncaught } = require("internal");

const CODES = { IndexSizeError: 1, HierarchyRequestError: 3, InvalidCharacterError: 5, NotFoundError: 8, NotSupportedError: 9,
	InvalidStateError: 11, SyntaxError: 12, AbortError: 20, TimeoutError: 23, DataCloneError: 25 };

class DOMException extends Error {
	constructor(message = "", options = "Error") {
		super(message);
		const name = typeof options === "string" ? options : options.name ?? "Error";
		Object.defineProperty(this, "name", { configurable: true, value: name });
		if (options !== null && typeof options === "object" && "cause" in options)
			Object.defineProperty(this, "cause", { configurable: true, writable: true, value: options.cause });
	}

	get code() {
		return CODES[this.name] ?? 0;
	}
}

class Event {
	#type;
	#stopped = false;
	#prevented = false;
	#options;
	#at = performanceNow();

	constructor(type, options = {}) {
		this.#type = `${type}`;
		this.#options = options ?? {};
		this.target_ = null;
		Object.defineProperty(this, "target_", { enumerable: false });
	}

	get type() {
		return this.#type;
	}

	get target() {
		return this.target_;
	}

	get currentTarget() {
		return this.target_;
	}

	get cancelable() {
		return !!this.#options.cancelable;
	}

	get bubbles() {
		return !!this.#options.bubbles;
	}

	get defaultPrevented() {
		return this.#prevented;
	}

	get timeStamp() {
		return this.#at;
	}

	preventDefault() {
		if (this.cancelable)
			this.#prevented = true;
	}

	stopPropagation() {}

	stopImmediatePropagation() {
		this.#stopped = true;
	}

	get stopped_() {
		return this.#stopped;
	}
}

function performanceNow() {
	const [seconds, nanoseconds] = native.hrtime();
	return seconds * 1e3 + nanoseconds / 1e6;
}

class EventTarget {
	#listeners = new Map();

	addEventListener(type, listener, options) {
		if (listener === null || listener === undefined)
			return;
		if (typeof listener !== "function" && typeof listener.handleEvent !== "function" && typeof listener !== "object")
			throw argType("listener", "an instance of EventListener", listener);
		const { once = false, capture = false, signal } = typeof options === "boolean" ? { capture: options } : options ?? {};
		if (signal && signal.aborted)
			return;
		const list = this.#listeners.get(type) ?? [];
		if (list.some((one) => one.listener === listener && one.capture === capture))
			return;
		this.#listeners.set(type, [...list, { listener, once, capture }]);
		if (signal)
			signal.addEventListener("abort", () => this.removeEventListener(type, listener, { capture }), { once: true });
	}

	removeEventListener(type, listener, options) {
		const capture = typeof options === "boolean" ? options : !!(options && options.capture);
		const list = this.#listeners.get(type);
		if (list !== undefined)
			this.#listeners.set(type, list.filter((one) => one.listener !== listener || one.capture !== capture));
	}

	dispatchEvent(event) {
		if (!(event instanceof Event))
			throw argType("event", "an instance of Event", event);
		event.target_ = this;
		for (const { listener, once, capture } of this.#listeners.get(event.type) ?? []) {
			if (once)
				this.removeEventListener(event.type, listener, { capture });
			try {
				if (typeof listener === "function")
					listener.call(this, event);
				else
					listener.handleEvent(event);
			} catch (error) {
				process.nextTick(() => uncaught(error));
			}
			if (event.stopped_)
				break;
		}
		return !event.defaultPrevented;
	}

	listeners_(type) {
		return (this.#listeners.get(type) ?? []).map(({ listener }) => listener);
	}
}

const KEY = Symbol("made by AbortController");

class AbortSignal extends EventTarget {
	#aborted = false;
	#reason;
	#handler = null;

	constructor(key) {
		if (key !== KEY)
			throw coded(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
		super();
	}

	get aborted() {
		return this.#aborted;
	}

	get reason() {
		return this.#reason;
	}

	get onabort() {
		return this.#handler;
	}

	set onabort(handler) {
		if (this.#handler !== null)
			this.removeEventListener("abort", this.#handler);
		this.#handler = typeof handler === "function" ? handler : null;
		if (this.#handler !== null)
			this.addEventListener("abort", this.#handler);
	}

	throwIfAborted() {
		if (this.#aborted)
			throw this.#reason;
	}

	static abort(reason = new DOMException("This operation was aborted", "AbortError")) {
		const signal = new AbortSignal(KEY);
		signal.#aborted = true;
		signal.#reason = reason;
		return signal;
	}

	static timeout(ms) {
		const signal = new AbortSignal(KEY);
		setTimeout(() => AbortSignal.abort_(signal, new DOMException("The operation was aborted due to timeout", "TimeoutError")), ms);
		return signal;
	}

	static any(signals) {
		const signal = new AbortSignal(KEY);
		for (const one of signals) {
			if (one.aborted) {
				AbortSignal.abort_(signal, one.reason);
				break;
			}
			one.addEventListener("abort", () => AbortSignal.abort_(signal, one.reason), { once: true });
		}
		return signal;
	}

	static abort_(signal, reason) {
		if (signal.#aborted)
			return;
		signal.#aborted = true;
		signal.#reason = reason;
		signal.dispatchEvent(new Event("abort"));
	}

	[Symbol.for("nodejs.util.inspect.custom")]() {
		return `AbortSignal { aborted: ${this.#aborted} }`;
	}
}
Object.defineProperty(AbortSignal, "abort_", { enumerable: false });

class AbortController {
	#signal = new AbortSignal(KEY);

	get signal() {
		return this.#signal;
	}

	abort(reason = new DOMException("This operation was aborted", "AbortError")) {
		AbortSignal.abort_(this.#signal, reason);
	}

	[Symbol.for("nodejs.util.inspect.custom")]() {
		return `AbortController { signal: AbortSignal { aborted: ${this.#signal.aborted} } }`;
	}
}
for (const [constructor, name] of [[EventTarget, "EventTarget"], [Event, "Event"], [AbortSignal, "AbortSignal"],
	[AbortController, "AbortController"], [DOMException, "DOMException"]])
	Object.defineProperty(constructor.prototype, Symbol.toStringTag, { configurable: true, value: name });

// What functions of Node's reject with when their signal is aborted.
function abortError(cause) {
	const error = coded(Error, "ABORT_ERR", "The operation was aborted");
	error.name = "AbortError";
	if (cause !== undefined)
		Object.defineProperty(error, "cause", { configurable: true, writable: true, value: cause });
	return error;
}

// events.setMaxListeners of an EventTarget, whose listeners nobody warns of.
const maxListeners = new WeakMap();

module.exports = { AbortController, AbortSignal, Event, EventTarget, DOMException, abortError,
	listenersOf: (target, type) => target.listeners_(type),
	maxListenersOf: (target) => maxListeners.get(target),
	setMaxListenersOf: (target, n) => maxListeners.set(target, n) };
