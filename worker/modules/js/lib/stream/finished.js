// finished and addAbortSignal: how a stream ends, and how a signal ends it; and how its neighbours do.
"use strict";

const { argType, checkSignal, coded } = require("errors");
const { nextTick } = require("internal");

const premature = () => coded(Error, "ERR_STREAM_PREMATURE_CLOSE", "Premature close");

function isStream(value) {
	return value !== null && typeof value === "object" && typeof value.on === "function" &&
		(value._readableState !== undefined || value._writableState !== undefined ||
		typeof value.write === "function" || typeof value.pipe === "function");
}

// A request to a server.
function isRequest(value) {
	return value !== null && typeof value === "object" && typeof value.setHeader === "function" &&
		typeof value.abort === "function";
}

function checkStream(value, name) {
	if (!isStream(value))
		throw argType(name, "an instance of ReadableStream, WritableStream, or Stream", value);
}

function checkFinished(stream, options, callback) {
	if (options === null || typeof options !== "object")
		throw argType("options", "of type object", options);
	if (typeof callback !== "function")
		throw argType("callback", "of type function", callback);
	checkSignal(options.signal, "options.signal");
	checkStream(stream, "stream");
}

// Which sides of a stream are waited for, and how far they are.
function sidesOf(stream, options) {
	const { _readableState: readable, _writableState: writable } = stream;
	return {
		isRead: options.readable ?? (readable !== undefined && readable.exists !== false),
		isWritten: options.writable ?? (writable !== undefined ? writable.exists !== false
			: typeof stream.end === "function" && readable === undefined),
		readDone: () => readable === undefined || readable.endEmitted,
		writeDone: () => writable === undefined ? stream.writableFinished === true : writable.finished,
	};
}

function finished(stream, options, callback) {
	if (arguments.length === 2) {
		callback = options;
		options = {};
	}
	options ??= {};
	checkFinished(stream, options, callback);
	const { isRead, isWritten, readDone, writeDone } = sidesOf(stream, options);
	const { signal } = options;
	let over = false;
	const done = (...failure) => {
		if (over)
			return;
		over = true;
		if (signal)
			signal.removeEventListener("abort", onAbort);
		callback.apply(stream, failure);
	};
	let read = !isRead || readDone(), written = !isWritten || writeDone();
	const waitsForClose = stream.autoDestroy_ && stream.emitClose_ &&
		!!stream._readableState === !!isRead && !!stream._writableState === !!isWritten;
	const onEnd = () => {
		read = true;
		if (stream.destroyed_ || (waitsForClose && (!stream.writable || isWritten)))
			return;
		if (written)
			done();
	};
	const onFinish = () => {
		written = true;
		if (stream.destroyed_ || (waitsForClose && (!stream.readable || isRead)))
			return;
		if (read)
			done();
	};
	const onError = (error) => done(error);
	const onClose = () => {
		if (stream.errored_ && typeof stream.errored_ !== "boolean")
			done(stream.errored_);
		else if ((isRead && !read && stream._readableState && !readDone()) || (isWritten && !written && !writeDone()))
			done(premature());
		else
			done();
	};
	stream.on("end", onEnd);
	stream.on("finish", onFinish);
	if (options.error !== false)
		stream.on("error", onError);
	stream.on("close", onClose);
	if (isRequest(stream))
		stream.on("abort", onClose); // it closes later
	if (typeof stream.aborted === "boolean")
		stream.on("aborted", onClose); // a message, which may close later
	if (stream.closed_)
		nextTick(onClose);
	else if (stream.errorEmitted_ && !waitsForClose)
		nextTick(onClose);
	else if (read && written && (isRead || isWritten) && !waitsForClose)
		nextTick(onClose);
	const cleanUp = () => {
		over = true;
		if (signal)
			signal.removeEventListener("abort", onAbort);
		stream.removeListener("end", onEnd);
		stream.removeListener("finish", onFinish);
		stream.removeListener("error", onError);
		stream.removeListener("close", onClose);
		stream.removeListener("abort", onClose);
		stream.removeListener("aborted", onClose);
	};
	function onAbort() {
		if (over)
			return;
		cleanUp();
		callback.call(stream, require("abort").abortError(signal.reason));
	}
	if (signal && signal.aborted)
		nextTick(onAbort);
	else if (signal)
		signal.addEventListener("abort", onAbort, { once: true });
	return cleanUp;
}

const isOpen = (stream) => (stream.readable && !stream.readableEnded) || (stream.writable && !stream.writableEnded);

// Destroys a stream along with others, or since nobody reads on: what has not been done with it is told as aborted.
// A request to a server is broken off, also by way of its answer, and has errors of its own to tell.
function letGo(stream, error) {
	const request = isRequest(stream) ? stream : isRequest(stream.req) ? stream.req : undefined;
	if (stream.destroyed)
		return;
	error ??= isOpen(stream) ? require("abort").abortError() : null;
	if (request !== undefined)
		request.abort();
	else if (typeof stream.letGo_ === "function")
		stream.letGo_(error);
	else
		stream.destroy(error);
}

function addAbortSignal(signal, stream) {
	if (signal === null || typeof signal !== "object" || !("aborted" in signal))
		throw argType("signal", "an instance of AbortSignal", signal);
	checkStream(stream, "stream");
	const abort = () => stream.destroy(require("abort").abortError(signal.reason));
	if (signal.aborted)
		abort();
	else {
		signal.addEventListener("abort", abort, { once: true });
		finished(stream, () => signal.removeEventListener("abort", abort));
	}
	return stream;
}

module.exports = { finished, letGo, addAbortSignal, isStream };
