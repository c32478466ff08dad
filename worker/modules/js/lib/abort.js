// AbortController, AbortSignal and DOMException, as the DOM has them.
"use strict";

const { argType, coded, outOfRange } = require("errors");
const { CustomEvent, Event, EventTarget, listenersOf, listened, invalidThis } = require("event_target");

const inspectCustom = Symbol.for("nodejs.util.inspect.custom");
const CONSTANTS = { INDEX_SIZE_ERR: 1, DOMSTRING_SIZE_ERR: 2, HIERARCHY_REQUEST_ERR: 3, WRONG_DOCUMENT_ERR: 4,
	INVALID_CHARACTER_ERR: 5, NO_DATA_ALLOWED_ERR: 6, NO_MODIFICATION_ALLOWED_ERR: 7, NOT_FOUND_ERR: 8,
	NOT_SUPPORTED_ERR: 9, INUSE_ATTRIBUTE_ERR: 10, INVALID_STATE_ERR: 11, SYNTAX_ERR: 12, INVALID_MODIFICATION_ERR: 13,
	NAMESPACE_ERR: 14, INVALID_ACCESS_ERR: 15, VALIDATION_ERR: 16, TYPE_MISMATCH_ERR: 17, SECURITY_ERR: 18,
	NETWORK_ERR: 19, ABORT_ERR: 20, URL_MISMATCH_ERR: 21, QUOTA_EXCEEDED_ERR: 22, TIMEOUT_ERR: 23,
	INVALID_NODE_TYPE_ERR: 24, DATA_CLONE_ERR: 25 };
const CODES = { __proto__: null, IndexSizeError: 1, HierarchyRequestError: 3, WrongDocumentError: 4, InvalidCharacterError: 5,
	NoModificationAllowedError: 7, NotFoundError: 8, NotSupportedError: 9, InUseAttributeError: 10, InvalidStateError: 11,
	SyntaxError: 12, InvalidModificationError: 13, NamespaceError: 14, InvalidAccessError: 15, TypeMismatchError: 17,
	SecurityError: 18, NetworkError: 19, AbortError: 20, URLMismatchError: 21, QuotaExceededError: 22, TimeoutError: 23,
	InvalidNodeTypeError: 24, DataCloneError: 25 };

class DOMException extends Error {
	#name;

	constructor(message = "", options = "Error") {
		super(message);
		const object = options !== null && typeof options === "object";
		this.#name = `${object ? options.name ?? "Error" : options}`;
		if (object && "cause" in options)
			Object.defineProperty(this, "cause", { configurable: true, writable: true, value: options.cause });
	}

	get name() {
		return #name in this ? this.#name : "Error";
	}

	get code() {
		return CODES[this.name] ?? 0;
	}
}
for (const name of ["name", "code"])
	Object.defineProperty(DOMException.prototype, name, { enumerable: true });
for (const [name, value] of Object.entries(CONSTANTS))
	for (const object of [DOMException, DOMException.prototype])
		Object.defineProperty(object, name, { enumerable: true, value });

const KEY = Symbol("made by AbortController");
const DEPENDENTS_FEW = 16;
const abortReason = () => new DOMException("This operation was aborted", "AbortError");

function checkDelay(delay) {
	if (typeof delay !== "number")
		throw argType("delay", "of type number", delay);
	if (!Number.isInteger(delay))
		throw outOfRange("delay", "an integer", delay);
	if (delay < 0 || delay > 2 ** 32 - 1)
		throw outOfRange("delay", `>= 0 && <= ${2 ** 32 - 1}`, delay);
}

class AbortSignal extends EventTarget {
	#aborted = false;
	#reason;
	#handler = null;
	#handles = false;
	// A signal that `any` has made is its sources' only weakly, for these may live as long as the worker; but as long as
	// it has listeners, they keep it.
	#sources;
	#dependents; // of a source: WeakRefs, in the order in which they are told
	#most = DEPENDENTS_FEW; // until they are looked through
	#kept; // of a source: dependents that have listeners

	constructor(key) {
		if (key !== KEY)
			throw coded(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
		super();
	}

	static #of(signal) {
		if (signal === null || typeof signal !== "object" || !(#aborted in signal))
			throw invalidThis("AbortSignal");
		return signal;
	}

	get aborted() {
		return AbortSignal.#of(this).#aborted;
	}

	get reason() {
		return AbortSignal.#of(this).#reason;
	}

	get onabort() {
		return AbortSignal.#of(this).#handler;
	}

	// A handler keeps the place among the listeners that the first one had.
	set onabort(handler) {
		this.#handler = typeof handler === "function" || (typeof handler === "object" && handler !== null) ? handler : null;
		if (this.#handles || this.#handler === null)
			return;
		this.#handles = true;
		this.addEventListener("abort", (event) => {
			if (typeof this.#handler === "function")
				this.#handler(event);
			else if (this.#handler !== null)
				this.#handler.handleEvent?.(event);
		});
	}

	throwIfAborted() {
		if (AbortSignal.#of(this).#aborted)
			throw this.#reason;
	}

	static abort(reason = abortReason()) {
		const signal = new AbortSignal(KEY);
		signal.#aborted = true;
		signal.#reason = reason;
		return signal;
	}

	static timeout(delay) {
		checkDelay(delay);
		const signal = new AbortSignal(KEY);
		setTimeout(() => AbortSignal.abort_(signal,
			new DOMException("The operation was aborted due to timeout", "TimeoutError")), delay).unref();
		return signal;
	}

	static any(signals) {
		if (signals === null || typeof signals !== "object" || typeof signals[Symbol.iterator] !== "function")
			throw argType("signals", "an instance of Array", signals);
		const list = [...signals];
		list.forEach((one, i) => {
			if (!(one instanceof AbortSignal))
				throw argType(`signals[${i}]`, "an instance of AbortSignal", one);
		});
		const signal = new AbortSignal(KEY), over = list.find((one) => one.#aborted);
		if (over !== undefined) {
			signal.#aborted = true;
			signal.#reason = over.#reason;
			return signal;
		}
		signal.#sources = new Set(list.flatMap((one) => one.#sources === undefined ? [one] : [...one.#sources]));
		for (const source of signal.#sources)
			source.#add(signal);
		return signal;
	}

	// Takes a dependent in. Those that are gone are taken out when there are twice as many as there were at last.
	#add(signal) {
		this.#dependents ??= [];
		if (this.#dependents.length >= this.#most) {
			this.#dependents = this.#dependents.filter((one) => one.deref() !== undefined);
			this.#most = Math.max(this.#dependents.length * 2, DEPENDENTS_FEW);
		}
		this.#dependents.push(new WeakRef(signal));
	}

	[listened](type, has) {
		if (type !== "abort" || this.#sources === undefined || this.#aborted)
			return;
		for (const source of this.#sources)
			if (has)
				(source.#kept ??= new Set()).add(this);
			else
				source.#kept?.delete(this);
	}

	static abort_(signal, reason) {
		if (signal.#aborted)
			return;
		signal.#aborted = true;
		signal.#reason = reason;
		const dependents = [...signal.#dependents ?? []].map((one) => one.deref());
		signal.#dependents = signal.#kept = undefined;
		for (const source of signal.#sources ?? [])
			source.#kept?.delete(signal);
		signal.dispatchEvent(new Event("abort", { [Event.trusted_]: true }));
		for (const one of dependents)
			if (one !== undefined)
				AbortSignal.abort_(one, reason);
	}

	[inspectCustom](depth, options, inspect) {
		return depth < 0 ? "AbortSignal" : `AbortSignal ${inspect({ aborted: this.#aborted }, options)}`;
	}
}
const { abort_: abortSignal } = AbortSignal;
Object.defineProperty(AbortSignal, "abort_", { enumerable: false });

class AbortController {
	#signal = new AbortSignal(KEY);

	static #of(controller) {
		if (controller === null || typeof controller !== "object" || !(#signal in controller))
			throw invalidThis("AbortController");
		return controller;
	}

	get signal() {
		return AbortController.#of(this).#signal;
	}

	abort(reason = abortReason()) {
		abortSignal(AbortController.#of(this).#signal, reason);
	}

	[inspectCustom](depth, options, inspect) {
		return depth < 0 ? "AbortController" : `AbortController ${inspect({ signal: this.#signal }, options)}`;
	}
}

for (const [constructor, names] of [[AbortSignal, ["aborted", "onabort"]], [AbortController, ["signal", "abort"]], [DOMException, []]]) {
	for (const name of names)
		Object.defineProperty(constructor.prototype, name, { enumerable: true });
	Object.defineProperty(constructor.prototype, Symbol.toStringTag, { configurable: true, value: constructor.name });
}

class AbortError extends Error {}

// What functions of Node's reject with when their signal is aborted.
function abortError(cause) {
	const error = coded(AbortError, "ABORT_ERR", "The operation was aborted");
	error.name = "AbortError";
	if (cause !== undefined)
		Object.defineProperty(error, "cause", { configurable: true, writable: true, value: cause });
	return error;
}

// events.setMaxListeners of an EventTarget, whose listeners nobody warns of.
const maxListeners = new WeakMap();

module.exports = { AbortController, AbortSignal, CustomEvent, Event, EventTarget, DOMException, abortError, listenersOf,
	maxListenersOf: (target) => maxListeners.get(target),
	setMaxListenersOf: (target, n) => maxListeners.set(target, n) };
