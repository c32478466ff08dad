// stream: Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, with the order of events
// that Node's documentation gives. Each has a file of its own.
"use strict";

const { Stream, getDefaultHighWaterMark, setDefaultHighWaterMark } = require("stream/base");
const { Readable } = require("stream/readable");
const { Writable } = require("stream/writable");
const { Duplex } = require("stream/duplex");
const { Transform, PassThrough } = require("stream/transform");
const { finished, addAbortSignal } = require("stream/finished");
const { pipeline } = require("stream/pipeline");

// What can be said of any stream.
const isDisturbed = (stream) => Boolean(stream && stream._readableState &&
	(stream.readableDidRead || stream.readableAborted));
const isErrored = (stream) => Boolean(stream && stream.errored);

function isReadable(stream) {
	if (!stream || stream._readableState === undefined)
		return stream && typeof stream.readable === "boolean" ? stream.readable : null;
	return stream.readable;
}

function destroy(stream, error) {
	if (stream && !stream.destroyed)
		stream.destroy(error);
	return stream;
}

module.exports = Stream;
Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, addAbortSignal,
	getDefaultHighWaterMark, setDefaultHighWaterMark, isDisturbed, isErrored, isReadable, destroy,
	compose: (...streams) => require("stream/compose").compose(...streams) });
Readable.isDisturbed = isDisturbed;
Object.defineProperty(Stream, "promises", { enumerable: true, get: () => require("stream/promises") });
const promisify = Symbol.for("nodejs.util.promisify.custom");
Object.defineProperty(pipeline, promisify, { get: () => require("stream/promises").pipeline });
Object.defineProperty(finished, promisify, { get: () => require("stream/promises").finished });
