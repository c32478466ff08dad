// diagnostics_channel: channels with names, on which packages tell what they do to whoever has subscribed.
"use strict";

const { argType } = require("errors");

const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"];
const FEW = 64;

// A channel that nobody holds and nobody listens to is forgotten: names may come from requests.
const channels = new Map(); // by name: WeakRefs
const heard = new Set(); // those with subscribers
let most = FEW; // until they are looked through

function checkFunction(value, name) {
	if (typeof value !== "function")
		throw argType(name, "of type function", value);
}

// What a subscriber throws is not the publisher's fault.
function throwLater(error) {
	process.nextTick(() => {
		throw error;
	});
}

class Channel {
	#subscribers = []; // never changed, but replaced: they may be called just now
	#stores = new Map(); // each with what makes its value of a message

	constructor(name) {
		this.name = name;
	}

	#notice() {
		if (this.hasSubscribers)
			heard.add(this);
		else
			heard.delete(this);
	}

	get hasSubscribers() {
		return this.#subscribers.length > 0 || this.#stores.size > 0;
	}

	subscribe(subscription) {
		checkFunction(subscription, "subscription");
		this.#subscribers = [...this.#subscribers, subscription];
		this.#notice();
	}

	unsubscribe(subscription) {
		const at = this.#subscribers.indexOf(subscription);
		if (at < 0)
			return false;
		this.#subscribers = this.#subscribers.filter((_, i) => i !== at);
		this.#notice();
		return true;
	}

	publish(message) {
		for (const subscriber of this.#subscribers)
			try {
				subscriber(message, this.name);
			} catch (error) {
				throwLater(error);
			}
	}

	bindStore(store, transform) {
		this.#stores.set(store, transform);
		this.#notice();
	}

	unbindStore(store) {
		const had = this.#stores.delete(store);
		this.#notice();
		return had;
	}

	// Calls fn with the message as the value of the stores that are bound, after it has been published.
	runStores(message, fn, thisArg, ...args) {
		let run = () => {
			this.publish(message);
			return Reflect.apply(fn, thisArg, args);
		};
		for (const [store, transform] of this.#stores)
			run = inStore(store, transform, message, run);
		return run();
	}
}

function inStore(store, transform, message, run) {
	return () => {
		let value = message;
		if (transform !== undefined)
			try {
				value = transform(message);
			} catch (error) {
				throwLater(error);
				return run();
			}
		return store.run(value, run);
	};
}

function forget() {
	for (const [name, reference] of channels)
		if (reference.deref() === undefined)
			channels.delete(name);
	most = Math.max(FEW, channels.size * 2);
}

function channel(name) {
	const known = channels.get(name)?.deref();
	if (known !== undefined)
		return known;
	if (typeof name !== "string" && typeof name !== "symbol")
		throw argType("channel", "one of type string or symbol", name);
	const made = new Channel(name);
	channels.set(name, new WeakRef(made));
	if (channels.size > most)
		forget();
	return made;
}

function subscribe(name, subscription) {
	channel(name).subscribe(subscription);
}

function unsubscribe(name, subscription) {
	return channel(name).unsubscribe(subscription);
}

function hasSubscribers(name) {
	return channels.get(name)?.deref()?.hasSubscribers ?? false;
}

function channelsOf(nameOrChannels) {
	if (typeof nameOrChannels === "string")
		return EVENTS.map((event) => channel(`tracing:${nameOrChannels}:${event}`));
	if (typeof nameOrChannels !== "object" || nameOrChannels === null)
		throw argType("nameOrChannels", "of type string or an instance of TracingChannel or Object", nameOrChannels);
	return EVENTS.map((event) => {
		const given = nameOrChannels[event];
		if (!(given instanceof Channel))
			throw argType(`nameOrChannels.${event}`, "an instance of Channel", given);
		return given;
	});
}

// The five channels of one thing that is done: when it starts and ends, and when its result is there.
class TracingChannel {
	constructor(nameOrChannels) {
		channelsOf(nameOrChannels).forEach((value, i) => Object.defineProperty(this, EVENTS[i], { value }));
	}

	get hasSubscribers() {
		return EVENTS.some((event) => this[event].hasSubscribers);
	}

	subscribe(handlers) {
		for (const event of EVENTS)
			if (handlers[event])
				this[event].subscribe(handlers[event]);
	}

	unsubscribe(handlers) {
		let all = true;
		for (const event of EVENTS)
			if (handlers[event] && !this[event].unsubscribe(handlers[event]))
				all = false;
		return all;
	}

	#fail(context, error) {
		context.error = error;
		this.error.publish(context);
	}

	// Calls fn between `start` and `end`.
	#run(context, fn) {
		return this.start.runStores(context, () => {
			try {
				return fn();
			} catch (error) {
				this.#fail(context, error);
				throw error;
			} finally {
				this.end.publish(context);
			}
		});
	}

	traceSync(fn, context = {}, thisArg, ...args) {
		if (!this.hasSubscribers)
			return Reflect.apply(fn, thisArg, args);
		return this.#run(context, () => {
			context.result = Reflect.apply(fn, thisArg, args);
			return context.result;
		});
	}

	tracePromise(fn, context = {}, thisArg, ...args) {
		if (!this.hasSubscribers)
			return Reflect.apply(fn, thisArg, args);
		const settled = () => {
			this.asyncStart.publish(context);
			this.asyncEnd.publish(context);
		};
		const fulfilled = (result) => {
			context.result = result;
			settled();
			return result;
		};
		const rejected = (error) => {
			this.#fail(context, error);
			settled();
			throw error;
		};
		return this.#run(context, () => {
			const promise = Reflect.apply(fn, thisArg, args);
			return (promise instanceof Promise ? promise : Promise.resolve(promise)).then(fulfilled, rejected);
		});
	}

	traceCallback(fn, position = -1, context = {}, thisArg, ...args) {
		if (!this.hasSubscribers)
			return Reflect.apply(fn, thisArg, args);
		const tracing = this, callback = args.at(position);
		checkFunction(callback, "callback");
		args.splice(position, 1, function (...results) {
			if (results[0])
				tracing.#fail(context, results[0]);
			else
				context.result = results[1];
			return tracing.asyncStart.runStores(context, () => {
				try {
					return Reflect.apply(callback, this, results);
				} finally {
					tracing.asyncEnd.publish(context);
				}
			});
		});
		return this.#run(context, () => Reflect.apply(fn, thisArg, args));
	}
}

function tracingChannel(nameOrChannels) {
	return new TracingChannel(nameOrChannels);
}

module.exports = { channel, hasSubscribers, subscribe, tracingChannel, unsubscribe, Channel };
