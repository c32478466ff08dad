// What all streams share: Stream itself, how one begins, fails and is destroyed.
"use strict";

const EventEmitter = require("events");
const { argType, argValue, coded, outOfRange } = require("errors");
const { nextTick } = require("internal");
const { addAbortSignal } = require("stream/finished");

const usual = { bytes: 16 * 1024, objects: 16 }; // high water marks

function Stream(options) {
	EventEmitter.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

Stream.prototype.pipe = function (sink, options) {
	return require("stream/legacy").pipe.call(this, sink, options);
};

function getDefaultHighWaterMark(objects) {
	return objects ? usual.objects : usual.bytes;
}

function setDefaultHighWaterMark(objects, value) {
	if (typeof value !== "number")
		throw argType("value", "of type number", value);
	if (!Number.isInteger(value))
		throw outOfRange("value", "an integer", value);
	if (value < 0)
		throw outOfRange("value", ">= 0 && <= 9007199254740991", value);
	usual[objects ? "objects" : "bytes"] = value;
}

function highWater(options, name, objects) {
	const said = options && (options.highWaterMark ?? options[name]);
	if (said === undefined || said === null)
		return getDefaultHighWaterMark(objects);
	if (!Number.isInteger(said) || said < 0)
		throw argValue(`options.${name}`, said);
	return said;
}

const errorOf = {
	pushAfterEof: () => coded(Error, "ERR_STREAM_PUSH_AFTER_EOF", "stream.push() after EOF"),
	writeAfterEnd: () => coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end"),
	alreadyFinished: (name) => coded(Error, "ERR_STREAM_ALREADY_FINISHED", `Cannot call ${name} after a stream was finished`),
	destroyed: (name) => coded(Error, "ERR_STREAM_DESTROYED", `Cannot call ${name} after a stream was destroyed`),
	nulls: () => coded(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream"),
	missing: (name) => coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", `The ${name} method is not implemented`),
	twice: () => coded(Error, "ERR_MULTIPLE_CALLBACK", "Callback called multiple times"),
};

// What both sides share: whether it is over, and what was said of it.
function shared(stream, options) {
	stream.destroyed_ = false;
	stream.closed_ = false;
	stream.errored_ = null;
	stream.errorEmitted_ = false;
	stream.emitClose_ = !options || options.emitClose !== false;
	stream.autoDestroy_ = !options || options.autoDestroy !== false;
}

// A stream that is destroyed while it is being constructed waits for that: there may be something to
// undo then.
const constructedSymbol = Symbol("constructed");

function isConstructing(stream) {
	return (stream._writableState ?? stream._readableState).constructed === false;
}

function destroy(error, callback) {
	if (this.destroyed_) {
		if (typeof callback === "function")
			callback(error ?? null);
		return this;
	}
	this.destroyed_ = true;
	if (error)
		this.errored_ ??= error;
	const begin = () => {
		let called = false;
		const done = (failure) => {
			if (called)
				return;
			called = true;
			if (failure)
				this.errored_ ??= failure;
			this.closed_ = true;
			if (typeof callback === "function")
				callback(failure ?? null);
			nextTick(() => {
				if (failure && !this.errorEmitted_) {
					this.errorEmitted_ = true;
					this.emit("error", failure);
				}
				if (this.emitClose_)
					this.emit("close");
			});
		};
		try {
			this._destroy(error ?? null, done);
		} catch (failure) {
			done(failure);
		}
	};
	if (isConstructing(this))
		this.once(constructedSymbol, begin);
	else
		begin();
	return this;
}

// `later`: this is called from within a call of the script's, whose listeners hear of it in a tick.
function fail(stream, error, later = false) {
	if (stream.destroyed_)
		return;
	if (stream.autoDestroy_) {
		stream.destroy(error);
		return;
	}
	stream.errored_ ??= error;
	const tell = () => {
		if (stream.errorEmitted_)
			return;
		stream.errorEmitted_ = true;
		stream.emit("error", error);
	};
	if (later)
		nextTick(tell);
	else
		tell();
}

// construct ----------------------------------------------------------------------------

function construct(stream, options) {
	if (options && options.signal)
		addAbortSignal(options.signal, stream);
	const start = options && options.construct || stream._construct;
	if (typeof start !== "function")
		return;
	const writable = stream._writableState, readable = stream._readableState;
	if (writable)
		writable.constructed = false;
	if (readable)
		readable.constructed = false;
	nextTick(() => start.call(stream, (error) => {
		if (writable)
			writable.constructed = true;
		if (readable)
			readable.constructed = true;
		if (stream.destroyed_) {
			stream.errored_ ??= error;
			stream.emit(constructedSymbol);
		} else if (error) {
			fail(stream, error, true);
		} else {
			nextTick(constructed, stream, writable, readable);
		}
	}));
}

// What has been asked for meanwhile begins.
function constructed(stream, writable, readable) {
	if (writable)
		require("stream/writable").advance(stream, writable);
	if (readable && (readable.flowing || readable.needReadable))
		require("stream/readable").more(stream, readable);
}

// Getters of a prototype. What `setters` has of the same name takes what a script assigns.
function views(prototype, table, setters = {}) {
	for (const [name, get] of Object.entries(table))
		Object.defineProperty(prototype, name, { configurable: true, get() {
			return get(this);
		}, set: setters[name] });
}

// Streams of a script's own say so when they are over or lack a side.
const settersOf = {
	destroyed(value) {
		if (this._readableState !== undefined || this._writableState !== undefined)
			this.destroyed_ = Boolean(value);
	},
	readable(value) {
		if (this._readableState !== undefined)
			this._readableState.said = Boolean(value);
	},
	writable(value) {
		if (this._writableState !== undefined)
			this._writableState.said = Boolean(value);
	},
};

// With captureRejections what an async listener rejects with ends the stream.
function endsWithRejections(prototype) {
	Object.defineProperty(prototype, Symbol.for("nodejs.rejection"), { configurable: true, writable: true, value(error) {
		this.destroy(error);
	} });
}

module.exports = { Stream, getDefaultHighWaterMark, setDefaultHighWaterMark, highWater, errorOf, shared, destroy, fail, construct, views, settersOf,
	endsWithRejections };
