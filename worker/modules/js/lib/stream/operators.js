// What a Readable offers like an array: map, filter, reduce and their family.
"use strict";

const { argType, checkSignal, coded, outOfRange } = require("errors");

function checkFunction(callback, options) {
	if (typeof callback !== "function")
		throw argType("fn", "of type function or an instance of AsyncFunction", callback);
	checkOptions(options);
}

function checkOptions(options) {
	if (options === undefined || options === null)
		return;
	if (typeof options !== "object")
		throw argType("options", "of type object", options);
	checkSignal(options.signal, "options.signal");
	const { concurrency } = options;
	if (concurrency !== undefined && !(Math.floor(concurrency) >= 1))
		throw outOfRange("options.concurrency", ">= 1 && <= 9007199254740991", concurrency);
}

function checkCount(n) {
	n = Number(n);
	if (Number.isNaN(n))
		return 0;
	if (n < 0)
		throw outOfRange("number", ">= 0", n);
	return n;
}

function throwIfAborted(signal) {
	if (signal && signal.aborted)
		throw require("abort").abortError(signal.reason);
}

// The pieces of a stream, as long as the signal lets it.
async function* pieces(stream, signal) {
	throwIfAborted(signal);
	for await (const piece of stream) {
		throwIfAborted(signal);
		yield piece;
	}
}

// callback's results in the order of the pieces, `concurrency` of them under way at a time.
async function* mapped(stream, callback, options) {
	const { signal, concurrency = 1 } = options ?? {};
	const stop = new AbortController(), queue = [];
	const given = { signal: stop.signal };
	const abort = () => stop.abort(signal.reason);
	if (signal && signal.aborted)
		abort();
	else if (signal)
		signal.addEventListener("abort", abort, { once: true });
	try {
		for await (const piece of pieces(stream, signal)) {
			const result = Promise.resolve().then(() => callback(piece, given));
			result.catch(() => {});
			queue.push(result);
			if (queue.length >= concurrency)
				yield await queue.shift();
		}
		while (queue.length > 0)
			yield await queue.shift();
	} finally {
		stop.abort();
		if (signal)
			signal.removeEventListener("abort", abort);
	}
}

const returning = {
	map(callback, options) {
		checkFunction(callback, options);
		return mapped(this, callback, options);
	},
	filter(callback, options) {
		checkFunction(callback, options);
		const source = this;
		return (async function* () {
			for await (const [piece, kept] of mapped(source, async (one, given) => [one, await callback(one, given)], options))
				if (kept)
					yield piece;
		})();
	},
	flatMap(callback, options) {
		checkFunction(callback, options);
		const results = mapped(this, callback, options);
		return (async function* () {
			for await (const items of results)
				yield* items;
		})();
	},
	drop(count, options) {
		checkOptions(options);
		let left = checkCount(count);
		const source = this;
		return (async function* () {
			for await (const piece of pieces(source, options?.signal))
				if (left-- <= 0)
					yield piece;
		})();
	},
	take(count, options) {
		checkOptions(options);
		let left = checkCount(count);
		const source = this;
		return (async function* () {
			if (left <= 0)
				return;
			for await (const piece of pieces(source, options?.signal)) {
				yield piece;
				if (--left <= 0)
					return;
			}
		})();
	},
};

const promising = {
	async toArray(options) {
		checkOptions(options);
		const out = [];
		for await (const piece of pieces(this, options?.signal))
			out.push(piece);
		return out;
	},
	async forEach(callback, options) {
		checkFunction(callback, options);
		const results = mapped(this, callback, options);
		while (!(await results.next()).done)
			;
	},
	async some(callback, options) {
		checkFunction(callback, options);
		for await (const found of mapped(this, callback, options))
			if (found)
				return true;
		return false;
	},
	async every(callback, options) {
		checkFunction(callback, options);
		return !await promising.some.call(this, async (...args) => !await callback(...args), options);
	},
	async find(callback, options) {
		checkFunction(callback, options);
		for await (const piece of returning.filter.call(this, callback, options))
			return piece;
		return undefined;
	},
	async reduce(callback, initial, options) {
		if (typeof callback !== "function")
			throw argType("reducer", "of type function or an instance of AsyncFunction", callback);
		checkOptions(options);
		let sum = initial, some = arguments.length > 1;
		for await (const piece of pieces(this, options?.signal)) {
			sum = some ? await callback(sum, piece, { signal: options?.signal }) : piece;
			some = true;
		}
		if (!some)
			throw coded(TypeError, "ERR_MISSING_ARGS", "Reduce of an empty stream requires an initial value");
		return sum;
	},
};

function define(prototype, name, value) {
	Object.defineProperty(prototype, name, { configurable: true, enumerable: true, writable: true, value });
}

// Puts them on a prototype; what gives a stream is made of `from`.
function offer(prototype, from) {
	for (const [name, method] of Object.entries(returning))
		define(prototype, name, function (...args) {
			return from(method.apply(this, args));
		});
	for (const [name, method] of Object.entries(promising))
		define(prototype, name, method);
}

module.exports = { offer };
