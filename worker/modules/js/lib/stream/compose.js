// Duplex.from and stream.compose: one stream of several, or of functions, iterables and promises.
"use strict";

const { argType, coded } = require("errors");
const { nextTick } = require("internal");
const { finished, isStream } = require("stream/finished");
const { pipeline } = require("stream/pipeline");

const WHAT = "of type function or an instance of Blob, ReadableStream, WritableStream, Stream, Iterable, " +
	"AsyncIterable, or Promise or { readable, writable } pair";

const isReadable = (stream) => stream._readableState !== undefined && stream._readableState.exists !== false;
const isWritable = (stream) => stream._writableState !== undefined ? stream._writableState.exists !== false
	: stream._readableState === undefined && typeof stream.write === "function";
const isObject = (value) => value !== null && (typeof value === "object" || typeof value === "function");
const isIterable = (value) => isObject(value) &&
	(typeof value[Symbol.asyncIterator] === "function" || typeof value[Symbol.iterator] === "function");
const isPromise = (value) => isObject(value) && typeof value.then === "function";

// A Duplex that reads from one stream and writes into another; either may be undefined. `last(callback)` is waited for
// before it has finished. `told`: those of the two of which somebody else tells why they fail.
function joined(readable, writable, { last = (callback) => callback(), told = [] } = {}) {
	const { Duplex } = require("stream/duplex");
	let drained, ended;
	const duplex = new Duplex({
		readableObjectMode: readable?.readableObjectMode, writableObjectMode: writable?.writableObjectMode,
		readable: readable !== undefined, writable: writable !== undefined,
		read: pull,
		write(piece, encoding, callback) {
			if (writable.write(piece, encoding))
				callback();
			else
				drained = callback;
		},
		final(callback) {
			ended = (error) => error ? callback(error) : last(callback);
			writable.end();
		},
		destroy(error, callback) {
			for (const stream of new Set([readable, writable]))
				if (stream !== undefined && (error || !over.has(stream)))
					stream.destroy(error);
			nextTick(callback, error);
		},
	});
	const over = new Set();
	function pull() {
		for (let piece; !duplex.destroyed && (piece = readable.read()) !== null;)
			if (!duplex.push(piece))
				return;
	}
	function wait(stream, sides, then) {
		stream.on("error", () => {});
		finished(stream, sides, (error) => {
			over.add(stream);
			if (error && told.includes(stream))
				return;
			if (then !== undefined)
				then(error);
			if (error)
				duplex.destroy(error);
		});
	}
	if (readable !== undefined) {
		readable.on("readable", pull);
		readable.on("end", () => duplex.push(null));
		wait(readable, { readable: true, writable: false });
	}
	if (writable !== undefined) {
		writable.on("drain", () => {
			const callback = drained;
			drained = undefined;
			callback?.();
		});
		wait(writable, { readable: false, writable: true }, (error) => ended?.(error));
	}
	return duplex;
}

function readableOf(items) {
	return require("stream/readable").Readable.from(items, { objectMode: true });
}

// What is written is what the function iterates over; what it returns is what is read, or a promise of the end.
function fromFunction(made) {
	const { PassThrough } = require("stream/transform");
	const written = new PassThrough({ objectMode: true }), stop = new AbortController();
	const result = made(written, { signal: stop.signal });
	written.once("close", () => stop.abort());
	if (isIterable(result))
		return joined(readableOf(result), written, { told: [written] });
	if (!isPromise(result))
		throw coded(TypeError, "ERR_INVALID_RETURN_VALUE", "Expected Iterable, AsyncIterable or AsyncFunction to be " +
			`returned from the "body" function but got ${result === null ? "null" : `type ${typeof result}`}.`);
	const ended = result.then((value) => {
		if (value !== null && value !== undefined)
			throw coded(TypeError, "ERR_INVALID_RETURN_VALUE",
				`Expected nully to be returned from the "body" function but got type ${typeof value}.`);
	});
	const duplex = joined(undefined, written, { last: (callback) => ended.then(() => callback(), callback) });
	ended.catch((error) => duplex.destroy(error));
	return duplex;
}

async function* once(promise) {
	const value = await promise;
	if (value !== null && value !== undefined)
		yield value;
}

function fromPair({ readable, writable }) {
	const part = (one) => one === undefined || one === null ? undefined : isStream(one) ? one : from(one);
	return joined(part(readable), part(writable));
}

// Duplex.from.
function from(body) {
	if (isStream(body)) {
		const reads = isReadable(body), writes = isWritable(body);
		return reads && writes ? body : joined(reads ? body : undefined, writes ? body : undefined);
	}
	if (typeof body === "function")
		return fromFunction(body);
	if (typeof body === "string" || isIterable(body))
		return joined(readableOf(typeof body === "string" || body instanceof Uint8Array ? [body] : body), undefined);
	if (isPromise(body))
		return joined(readableOf(once(body)), undefined);
	if (isObject(body) && (isObject(body.readable) || isObject(body.writable)))
		return fromPair(body);
	throw argType("body", WHAT, body);
}

// stream.compose.
function compose(...parts) {
	if (parts.length === 0)
		throw coded(TypeError, "ERR_MISSING_ARGS", 'The "streams" argument must be specified');
	const streams = parts.map((part) => isStream(part) ? part : from(part));
	if (streams.length === 1)
		return from(streams[0]);
	for (const [i, stream] of streams.entries()) {
		if (i < streams.length - 1 && !isReadable(stream))
			throw coded(TypeError, "ERR_INVALID_ARG_VALUE", `The argument 'streams[${i}]' must be readable. Received ${
				require("inspect").inspect(parts[i])}`);
		if (i > 0 && !isWritable(stream))
			throw coded(TypeError, "ERR_INVALID_ARG_VALUE", `The argument 'streams[${i}]' must be writable. Received ${
				require("inspect").inspect(parts[i])}`);
	}
	const first = streams[0], last = streams[streams.length - 1];
	const duplex = joined(isReadable(last) ? last : undefined, isWritable(first) ? first : undefined,
		{ told: [first, last] });
	const closed = !isReadable(last) && !isWritable(first); // nobody reads or writes: its end is that of the whole
	pipeline(streams, (error) => {
		if (error || closed)
			duplex.destroy(error);
	});
	return duplex;
}

module.exports = { from, compose };
