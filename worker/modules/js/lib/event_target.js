// Event and EventTarget, as the DOM has them; a target has no parents, so that events do not travel.
"use strict";

const { argType, coded } = require("errors");
const { uncaught } = require("internal");

const inspectCustom = Symbol.for("nodejs.util.inspect.custom");

function need(args, names) {
	if (args.length >= names.length)
		return;
	const quoted = names.map((name) => `"${name}"`);
	throw coded(TypeError, "ERR_MISSING_ARGS", names.length === 1 ? `The ${quoted[0]} argument must be specified`
		: `The ${quoted.join(" and ")} arguments must be specified`);
}

function invalidThis(type) {
	return coded(TypeError, "ERR_INVALID_THIS", `Value of "this" must be of type ${type}`);
}

function milliseconds() {
	const [seconds, nanoseconds] = native.hrtime();
	return seconds * 1e3 + nanoseconds / 1e6;
}

const NONE = 0, AT_TARGET = 2;

class Event {
	#type;
	#bubbles;
	#cancelable;
	#composed;
	#trusted;
	#at = milliseconds();
	#target = null;
	#dispatching = false;
	#prevented = false;
	#propagates = true;
	#stopped = false;

	constructor(type, options = undefined) {
		need(arguments, ["type"]);
		if (options !== undefined && options !== null && typeof options !== "object" && typeof options !== "function")
			throw argType("options", "of type object", options);
		this.#type = `${type}`;
		this.#bubbles = !!options?.bubbles;
		this.#cancelable = !!options?.cancelable;
		this.#composed = !!options?.composed;
		this.#trusted = options?.[Event.trusted_] === true;
	}

	get type() {
		return this.#type;
	}

	get target() {
		return this.#target;
	}

	get currentTarget() {
		return this.#dispatching ? this.#target : null;
	}

	get srcElement() {
		return this.#target;
	}

	composedPath() {
		return this.#dispatching ? [this.#target] : [];
	}

	get eventPhase() {
		return this.#dispatching ? AT_TARGET : NONE;
	}

	get bubbles() {
		return this.#bubbles;
	}

	get cancelable() {
		return this.#cancelable;
	}

	get composed() {
		return this.#composed;
	}

	get defaultPrevented() {
		return this.#cancelable && this.#prevented;
	}

	get returnValue() {
		return !this.#cancelable || !this.#prevented;
	}

	get cancelBubble() {
		return !this.#propagates;
	}

	set cancelBubble(value) {
		if (value)
			this.#propagates = false;
	}

	get timeStamp() {
		return this.#at;
	}

	get isTrusted() {
		return this.#trusted;
	}

	preventDefault() {
		this.#prevented = true;
	}

	stopPropagation() {
		this.#propagates = false;
	}

	stopImmediatePropagation() {
		this.#stopped = true;
	}

	initEvent(type, bubbles = false, cancelable = false) {
		need(arguments, ["type"]);
		if (this.#dispatching)
			return;
		this.#type = `${type}`;
		this.#bubbles = !!bubbles;
		this.#cancelable = !!cancelable;
	}

	[inspectCustom](depth, options, inspect) {
		const name = this.constructor.name;
		if (depth < 0)
			return name;
		return `${name} ${inspect({ type: this.#type, defaultPrevented: this.defaultPrevented, cancelable: this.#cancelable,
			timeStamp: this.#at }, { ...options, depth: options.depth === null ? null : options.depth - 1 })}`;
	}

	// Gives the event to the listeners, each of which `call` calls.
	static dispatch_(event, target, listeners, call) {
		if (event.#dispatching)
			throw coded(Error, "ERR_EVENT_RECURSION", `The event "${event.#type}" is already being dispatched`);
		event.#target = target;
		event.#dispatching = true;
		for (const listener of listeners) {
			if (event.#stopped)
				break;
			call(listener);
		}
		event.#dispatching = false;
		return !event.defaultPrevented;
	}
}
Object.defineProperty(Event, "dispatch_", { enumerable: false });
Object.defineProperty(Event, "trusted_", { value: Symbol("made by the runtime") });
Object.assign(Event, { NONE, CAPTURING_PHASE: 1, AT_TARGET, BUBBLING_PHASE: 3 });

function optionsOf(options) {
	if (typeof options === "boolean")
		return { capture: options };
	return options !== null && typeof options === "object" ? options : {};
}

// What a listener of a target throws, or rejects with, is nobody's but the process's.
function call(target, listener, event) {
	const fail = (error) => process.nextTick(() => uncaught(error));
	try {
		const result = typeof listener === "function" ? listener.call(target, event) : listener.handleEvent(event);
		if (result !== undefined && result !== null && typeof result.then === "function")
			result.then(undefined, fail);
	} catch (error) {
		fail(error);
	}
}

// What a kind of target may have as a method, which is told whether it has listeners for a type.
const listened = Symbol("listened");

class CustomEvent extends Event {
	#detail;

	constructor(type, options = undefined) {
		need(arguments, ["type"]);
		super(type, options);
		this.#detail = options?.detail ?? null;
	}

	get detail() {
		return this.#detail;
	}
}

class EventTarget {
	#listeners = new Map(); // type: [{ listener, capture, once, removed }]

	static #check(target) {
		if (target === null || typeof target !== "object" || !(#listeners in target))
			throw invalidThis("EventTarget");
	}

	addEventListener(type, listener, options) {
		EventTarget.#check(this);
		need(arguments, ["type", "listener"]);
		if (listener === null || listener === undefined) {
			process.emitWarning(`addEventListener called with ${listener} which has no effect.`,
				"AddEventListenerArgumentTypeWarning");
			return;
		}
		if (typeof listener !== "function" && typeof listener !== "object")
			throw argType("listener", "an instance of EventListener", listener);
		const { once = false, capture = false, signal } = optionsOf(options);
		require("errors").checkSignal(signal, "options.signal");
		if (signal && signal.aborted)
			return;
		type = `${type}`;
		const list = this.#listeners.get(type) ?? [];
		if (list.some((one) => one.listener === listener && one.capture === !!capture))
			return;
		this.#listeners.set(type, [...list, { listener, once: !!once, capture: !!capture, removed: false }]);
		this[listened]?.(type, true);
		if (signal)
			signal.addEventListener("abort", () => this.removeEventListener(type, listener, { capture }), { once: true });
	}

	removeEventListener(type, listener, options) {
		EventTarget.#check(this);
		need(arguments, ["type", "listener"]);
		const capture = !!optionsOf(options).capture;
		type = `${type}`;
		const list = this.#listeners.get(type) ?? [];
		const found = list.find((one) => one.listener === listener && one.capture === capture);
		if (found === undefined)
			return;
		found.removed = true;
		const left = list.filter((one) => one !== found);
		if (left.length > 0)
			this.#listeners.set(type, left);
		else
			this.#listeners.delete(type);
		this[listened]?.(type, left.length > 0);
	}

	dispatchEvent(event) {
		EventTarget.#check(this);
		need(arguments, ["event"]);
		if (!(event instanceof Event))
			throw argType("event", "an instance of Event", event);
		const { type } = event;
		return Event.dispatch_(event, this, this.#listeners.get(type) ?? [], ({ listener, once, capture, removed }) => {
			if (removed)
				return;
			if (once)
				this.removeEventListener(type, listener, { capture });
			call(this, listener, event);
		});
	}

	[inspectCustom](depth, options, inspect) {
		const name = this.constructor.name;
		return depth < 0 ? name : `${name} ${inspect({}, options)}`;
	}

	static listeners_(target, type) {
		return (target.#listeners.get(type) ?? []).map(({ listener }) => listener);
	}
}
const { listeners_: listenersOf } = EventTarget;
delete EventTarget.listeners_;

for (const [constructor, names] of [[Event, ["type", "target", "currentTarget", "srcElement", "composedPath", "eventPhase",
	"bubbles", "cancelable", "composed", "defaultPrevented", "returnValue", "cancelBubble", "timeStamp", "preventDefault",
	"stopPropagation", "stopImmediatePropagation", "initEvent"]], [CustomEvent, ["detail"]],
[EventTarget, ["addEventListener", "removeEventListener", "dispatchEvent"]]]) {
	for (const name of names)
		Object.defineProperty(constructor.prototype, name, { enumerable: true });
	Object.defineProperty(constructor.prototype, Symbol.toStringTag, { configurable: true, value: constructor.name });
}

module.exports = { CustomEvent, Event, EventTarget, listenersOf, listened, invalidThis };
