// stream: Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, with the order of events
// that Node's documentation gives. Each has a file of its own.
"use strict";

const { Stream, HIGH_WATER, HIGH_WATER_OBJECTS } = require("stream/base");
const { Readable } = require("stream/readable");
const { Writable } = require("stream/writable");
const { Duplex } = require("stream/duplex");
const { Transform, PassThrough } = require("stream/transform");
const { finished, addAbortSignal } = require("stream/finished");
const { pipeline } = require("stream/pipeline");

module.exports = Stream;
Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, addAbortSignal,
	getDefaultHighWaterMark: (objects) => objects ? HIGH_WATER_OBJECTS : HIGH_WATER });
Object.defineProperty(Stream, "promises", { enumerable: true, get: () => require("stream/promises") });
const promisify = Symbol.for("nodejs.util.promisify.custom");
Object.defineProperty(pipeline, promisify, { get: () => require("stream/promises").pipeline });
Object.defineProperty(finished, promisify, { get: () => require("stream/promises").finished });
