// pipeline: streams, iterables and functions behind one another; when one fails all are destroyed.
"use strict";

const { argType, coded, received } = require("errors");
const { nextTick } = require("internal");
const { finished, letGo, isStream } = require("stream/finished");

function asReadable(part) {
	return isStream(part) ? part : require("stream").Readable.from(part);
}

const isIterable = (value) => value !== null && value !== undefined &&
	(typeof value[Symbol.asyncIterator] === "function" || typeof value[Symbol.iterator] === "function");

// What stands at each place: a stream, a function, at the first one something to iterate; or what Duplex.from takes.
function partOf(part, i) {
	if (isStream(part) || typeof part === "function" || (i === 0 && isIterable(part)))
		return part;
	return require("stream/compose").from(part);
}

/*
 * What runs between `parts`, told of by `callback(error, value)`. options.end false: the last stream is left
 * open; options.signal ends all. Functions are given a signal, aborted when this is over, or has failed.
 */
function run(parts, options, callback) {
	let value, error, left = 1;
	const streams = [];
	const { signal, end = true } = options;
	const stop = parts.some((part) => typeof part === "function") ? new (require("abort").AbortController)() : undefined;

	function over(failure) {
		if (failure && (!error || error.code === "ERR_STREAM_PREMATURE_CLOSE"))
			error = failure;
		const isLast = --left === 0; // what is let go of may tell at once
		if (error)
			for (const stream of streams)
				if (!stream.done)
					letGo(stream.it, error);
		if (error || isLast)
			stop?.abort();
		if (!isLast)
			return;
		if (signal)
			signal.removeEventListener("abort", aborted);
		nextTick(() => callback(error, value));
	}
	function watch(it, readable, writable) {
		const record = { it, done: false };
		streams.push(record);
		left++;
		finished(it, { readable, writable }, (failure) => {
			record.done = !failure;
			over(failure);
		});
		it.on("error", () => {});
	}
	function aborted() {
		left++;
		over(require("abort").abortError(signal.reason));
	}
	function join(source, sink, last) {
		source.pipe(sink, last && !end ? { end: false } : undefined);
		if (!last || end || source === process.stdin)
			return;
		left++;
		finished(source, { writable: false }, over);
	}

	let current;
	const last = parts.length - 1;
	parts.forEach((one, i) => {
		if (typeof one === "function") {
			const made = i === 0 ? one({ signal: stop.signal }) : one(current, { signal: stop.signal });
			if (i === last && made && typeof made.then === "function") {
				left++;
				made.then((result) => {
					value = result;
					over();
				}, over);
				return;
			}
			if (!isIterable(made) && !isStream(made))
				throw coded(TypeError, "ERR_INVALID_RETURN_VALUE", `Expected ${i === last ? "AsyncIterable or Promise"
					: "Iterable, AsyncIterable or Stream"} to be returned from the "${i === last ? "destination"
					: i === 0 ? "source" : `transform[${i - 1}]`}" function but got ${received(made).slice(10)}.`);
			current = asReadable(made);
			watch(current, true, false);
			return;
		}
		const stream = i === 0 ? asReadable(one) : one;
		if (i < last || end)
			watch(stream, i < last, i > 0);
		if (i > 0)
			join(current, stream, i === last);
		current = stream;
	});
	if (signal && signal.aborted)
		aborted();
	else if (signal)
		signal.addEventListener("abort", aborted, { once: true });
	over();
	return current;
}

function partsOf(parts) {
	if (parts.length === 1 && Array.isArray(parts[0]))
		parts = parts[0];
	if (parts.length < 2)
		throw coded(TypeError, "ERR_MISSING_ARGS", 'The "streams" argument must be specified');
	return parts.map(partOf);
}

function pipeline(...parts) {
	const callback = parts.pop();
	if (typeof callback !== "function")
		throw argType("streams[stream.length - 1]", "of type function", callback);
	return run(partsOf(parts), {}, callback);
}

// That of stream/promises, whose last argument may be options.
function pipelinePromise(...parts) {
	return new Promise((resolve, reject) => {
		const last = parts[parts.length - 1];
		const options = last && typeof last === "object" && !isStream(last) && !isIterable(last) ? parts.pop() : {};
		require("errors").checkSignal(options.signal, "options.signal");
		run(partsOf(parts), options, (error, value) => error ? reject(error) : resolve(value));
	});
}

module.exports = { pipeline, pipelinePromise };
