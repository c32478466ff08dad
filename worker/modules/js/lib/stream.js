// stream: Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, with the order of events
// that Node's documentation gives.
"use strict";

const EventEmitter = require("events");
const { argType, coded } = require("errors");
const { nextTick } = require("internal");
const { finished, addAbortSignal } = require("stream/finished");
const { pipeline } = require("stream/pipeline");

const HIGH_WATER = 16 * 1024, HIGH_WATER_OBJECTS = 16;

function Stream(options) {
	EventEmitter.call(this, options);
}
Object.setPrototypeOf(Stream.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Stream, EventEmitter);

function highWater(options, name, objects) {
	const said = options && (options.highWaterMark ?? options[name]);
	if (said === undefined || said === null)
		return objects ? HIGH_WATER_OBJECTS : HIGH_WATER;
	if (!Number.isInteger(said) || said < 0)
		throw require("errors").argValue(`options.highWaterMark`, said);
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

// destroy ------------------------------------------------------------------------------

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

// readable -----------------------------------------------------------------------------

function Readable(options) {
	if (!(this instanceof Readable))
		return new Readable(options);
	Stream.call(this, options);
	readableInit(this, options, false);
	shared(this, options);
	if (options && typeof options.read === "function")
		this._read = options.read;
	if (options && typeof options.destroy === "function")
		this._destroy = options.destroy;
	construct(this, options);
}
Object.setPrototypeOf(Readable.prototype, Stream.prototype);
Object.setPrototypeOf(Readable, Stream);

function readableInit(stream, options, duplex) {
	const objects = !!(options && (options.objectMode || (duplex && options.readableObjectMode)));
	const state = {
		objectMode: objects,
		highWaterMark: highWater(options, duplex ? "readableHighWaterMark" : "highWaterMark", objects),
		buffer: [], length: 0,
		flowing: null, ended: false, endEmitted: false, reading: false, sync: true, needReadable: false,
		readableListening: false, resumeScheduled: false, emitted: false, pipes: [], awaiting: null,
		encoding: null, decoder: null, dataEmitted: false,
	};
	stream._readableState = state;
	if (options && options.encoding)
		setEncoding(stream, options.encoding);
}

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
		advance(stream, writable);
	if (readable && (readable.flowing || readable.needReadable))
		more(stream, readable);
}

function setEncoding(stream, encoding) {
	const { StringDecoder } = require("string_decoder");
	const state = stream._readableState;
	state.decoder = new StringDecoder(encoding);
	state.encoding = state.decoder.encoding;
	const text = state.buffer.map((piece) => state.decoder.write(piece)).join("");
	state.buffer = text === "" ? [] : [text];
	state.length = text.length;
}

Readable.prototype.setEncoding = function (encoding) {
	setEncoding(this, encoding);
	return this;
};

Readable.prototype.push = function (piece, encoding) {
	return put(this, piece, encoding, false);
};

Readable.prototype.unshift = function (piece, encoding) {
	return put(this, piece, encoding, true);
};

function put(stream, piece, encoding, first) {
	const state = stream._readableState;
	if (piece === null) {
		state.reading = false;
		endOfData(stream, state);
		return false;
	}
	if (!state.objectMode) {
		if (typeof piece === "string") {
			encoding = encoding || "utf8";
			if (state.encoding !== encoding || first && state.encoding)
				piece = state.encoding && first ? Buffer.from(piece, encoding).toString(state.encoding)
					: Buffer.from(piece, encoding);
		} else if (piece instanceof Uint8Array) {
			if (!Buffer.isBuffer(piece))
				piece = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
		} else {
			fail(stream, argType("chunk", "of type string or an instance of Buffer or Uint8Array", piece));
			return false;
		}
	}
	if (!first && state.ended) {
		fail(stream, errorOf.pushAfterEof());
		return false;
	}
	if (stream.destroyed_ || stream.errored_)
		return false;
	state.reading = false;
	if (!first && state.decoder !== null && typeof piece !== "string")
		piece = state.decoder.write(piece);
	if (state.objectMode || piece.length > 0)
		add(stream, state, piece, first);
	else if (!first)
		more(stream, state);
	return !state.ended && (state.length < state.highWaterMark || state.length === 0);
}

function add(stream, state, piece, first) {
	if (state.flowing && state.length === 0 && !state.sync && stream.listenerCount("data") > 0) {
		state.dataEmitted = true;
		stream.emit("data", piece);
	} else {
		state.length += state.objectMode ? 1 : piece.length;
		if (first)
			state.buffer.unshift(piece);
		else
			state.buffer.push(piece);
		if (state.needReadable)
			emitReadable(stream, state);
	}
	more(stream, state);
}

function endOfData(stream, state) {
	if (state.ended)
		return;
	if (state.decoder !== null) {
		const rest = state.decoder.end();
		if (rest && rest.length > 0) {
			state.buffer.push(rest);
			state.length += state.objectMode ? 1 : rest.length;
		}
	}
	state.ended = true;
	if (state.sync) {
		emitReadable(stream, state);
	} else {
		state.needReadable = false;
		state.emitted = true;
		emitReadableNow(stream, state);
	}
}

function emitReadable(stream, state) {
	state.needReadable = false;
	if (state.emitted)
		return;
	state.emitted = true;
	nextTick(() => emitReadableNow(stream, state));
}

function emitReadableNow(stream, state) {
	if (!stream.destroyed_ && !stream.errored_ && (state.length > 0 || state.ended)) {
		stream.emit("readable");
		state.emitted = false;
	}
	state.needReadable = !state.flowing && !state.ended && state.length <= state.highWaterMark;
	flow(stream, state);
}

// Asks for more while there is room, in a tick of its own.
function more(stream, state) {
	if (state.readingMore || state.constructed === false)
		return;
	state.readingMore = true;
	nextTick(() => {
		while (!state.reading && !state.ended && (state.length < state.highWaterMark ||
			(state.flowing && state.length === 0))) {
			const before = state.length;
			stream.read(0);
			if (before === state.length)
				break;
		}
		state.readingMore = false;
	});
}

Readable.prototype._read = function () {
	throw errorOf.missing("_read()");
};

function amount(state, n) {
	if (n <= 0 || (state.length === 0 && state.ended))
		return 0;
	if (state.objectMode)
		return 1;
	if (Number.isNaN(n))
		return state.flowing && state.length > 0 ? state.buffer[0].length : state.length;
	if (n <= state.length)
		return n;
	return state.ended ? state.length : 0;
}

function take(state, n) {
	if (state.length === 0)
		return null;
	if (state.objectMode)
		return state.buffer.shift();
	if (n >= state.length) {
		const all = state.buffer.length === 1 ? state.buffer[0]
			: state.decoder ? state.buffer.join("") : Buffer.concat(state.buffer, state.length);
		state.buffer = [];
		return all;
	}
	if (n === state.buffer[0].length)
		return state.buffer.shift();
	const parts = [];
	let left = n;
	while (left > 0) {
		const piece = state.buffer[0];
		if (piece.length <= left) {
			parts.push(state.buffer.shift());
			left -= piece.length;
		} else {
			parts.push(piece.slice(0, left));
			state.buffer[0] = piece.slice(left);
			left = 0;
		}
	}
	return parts.length === 1 ? parts[0] : state.decoder ? parts.join("") : Buffer.concat(parts, n);
}

Readable.prototype.read = function (n) {
	const state = this._readableState, asked = n;
	n = n === undefined ? NaN : Number.isInteger(n) ? n : parseInt(n);
	if (n > state.highWaterMark)
		state.highWaterMark = 2 ** Math.ceil(Math.log2(n));
	if (n !== 0)
		state.emitted = false;
	if (n === 0 && state.needReadable && ((state.highWaterMark !== 0 ? state.length >= state.highWaterMark
		: state.length > 0) || state.ended)) {
		if (state.length === 0 && state.ended)
			endReadable(this, state);
		else
			emitReadable(this, state);
		return null;
	}
	const wanted = n;
	n = amount(state, n);
	if (n === 0 && state.ended) {
		if (state.length === 0)
			endReadable(this, state);
		return null;
	}
	let ask = state.needReadable;
	if (state.length === 0 || state.length - n < state.highWaterMark)
		ask = true;
	if (state.ended || state.reading || this.destroyed_ || this.errored_ || state.constructed === false)
		ask = false;
	if (ask) {
		state.reading = true;
		state.sync = true;
		if (state.length === 0)
			state.needReadable = true;
		try {
			this._read(state.highWaterMark);
		} catch (error) {
			fail(this, error);
		}
		state.sync = false;
		if (!state.reading)
			n = amount(state, wanted);
	}
	const piece = n > 0 ? take(state, n) : null;
	if (piece === null) {
		state.needReadable = state.length <= state.highWaterMark;
		n = 0;
	} else {
		state.length -= state.objectMode ? 1 : n;
	}
	if (state.length === 0) {
		if (!state.ended)
			state.needReadable = true;
		if (asked !== n && state.ended)
			endReadable(this, state);
	}
	if (piece !== null && !this.errored_ && !this.destroyed_) {
		state.dataEmitted = true;
		this.emit("data", piece);
	}
	return piece;
};

function endReadable(stream, state) {
	if (state.endEmitted || state.endQueued)
		return;
	state.endQueued = true;
	nextTick(() => {
		if (state.endEmitted || state.length > 0 || stream.errored_ || stream.closed_)
			return;
		state.endEmitted = true;
		stream.emit("end");
		const writable = stream._writableState;
		if (writable && stream.allowHalfOpen === false) {
			nextTick(() => {
				if (!stream.writableEnded && !stream.destroyed_)
					stream.end();
			});
		} else if (stream.autoDestroy_ && (!writable || (writable.finished && writable.autoDestroy !== false) ||
			(!writable.exists && false))) {
			stream.destroy();
		}
	});
}

function flow(stream, state) {
	while (state.flowing && stream.read() !== null)
		;
}

Readable.prototype.on = function (name, listener) {
	const result = EventEmitter.prototype.on.call(this, name, listener);
	const state = this._readableState;
	if (name === "data") {
		state.readableListening = this.listenerCount("readable") > 0;
		if (state.flowing !== false)
			this.resume();
	} else if (name === "readable" && !state.endEmitted && !state.readableListening) {
		state.readableListening = state.needReadable = true;
		state.flowing = false;
		state.emitted = false;
		if (state.length > 0)
			emitReadable(this, state);
		else if (!state.reading)
			nextTick(() => this.read(0));
	}
	return result;
};
Readable.prototype.addListener = Readable.prototype.on;

Readable.prototype.removeListener = function (name, listener) {
	const result = EventEmitter.prototype.removeListener.call(this, name, listener);
	if (name === "readable")
		nextTick(() => updateListening(this));
	return result;
};
Readable.prototype.off = Readable.prototype.removeListener;

Readable.prototype.removeAllListeners = function (name) {
	const result = EventEmitter.prototype.removeAllListeners.apply(this, arguments);
	if (name === "readable" || name === undefined)
		nextTick(() => updateListening(this));
	return result;
};

function updateListening(stream) {
	const state = stream._readableState;
	state.readableListening = stream.listenerCount("readable") > 0;
	if (state.resumeScheduled && state.paused === false)
		state.flowing = true;
	else if (stream.listenerCount("data") > 0)
		stream.resume();
	else if (!state.readableListening)
		state.flowing = null;
}

Readable.prototype.resume = function () {
	const state = this._readableState;
	if (!state.flowing) {
		state.flowing = !state.readableListening;
		if (!state.resumeScheduled) {
			state.resumeScheduled = true;
			nextTick(() => {
				if (!state.reading)
					this.read(0);
				state.resumeScheduled = false;
				this.emit("resume");
				flow(this, state);
				if (state.flowing && !state.reading)
					this.read(0);
			});
		}
	}
	state.paused = false;
	return this;
};

Readable.prototype.pause = function () {
	const state = this._readableState;
	if (state.flowing !== false) {
		state.flowing = false;
		this.emit("pause");
	}
	state.paused = true;
	return this;
};

Readable.prototype.isPaused = function () {
	const state = this._readableState;
	return state.paused === true || state.flowing === false;
};

Readable.prototype.pipe = function (sink, options) {
	const source = this, state = this._readableState;
	state.awaiting ??= new Set();
	const end = (!options || options.end !== false) && sink !== process.stdout && sink !== process.stderr;
	state.pipes.push(sink);

	function onData(piece) {
		if (sink.write(piece) === false)
			stop();
	}
	let draining = false;
	function stop() {
		if (!cleaned) {
			state.awaiting.add(sink);
			source.pause();
		}
		if (!draining) {
			draining = true;
			sink.on("drain", onDrain);
		}
	}
	function onDrain() {
		state.awaiting.delete(sink);
		if (state.awaiting.size === 0 && source.listenerCount("data") > 0)
			source.resume();
	}
	let cleaned = false;
	function cleanUp() {
		if (cleaned)
			return;
		cleaned = true;
		sink.removeListener("close", onClose);
		sink.removeListener("finish", onFinish);
		sink.removeListener("drain", onDrain);
		sink.removeListener("error", onError);
		sink.removeListener("unpipe", onUnpipe);
		source.removeListener("end", onEnd);
		source.removeListener("end", unpipe);
		source.removeListener("data", onData);
		if (state.awaiting.delete(sink) && state.awaiting.size === 0 && state.pipes.length > 0)
			source.resume();
	}
	const onEnd = () => sink.end();
	const unpipe = () => source.unpipe(sink);
	function onError(error) {
		unpipe();
		sink.removeListener("error", onError);
		if (sink.listenerCount("error") === 0) {
			if (sink._writableState && !sink.errorEmitted_)
				fail(sink, error);
			else
				sink.emit("error", error);
		}
	}
	function onClose() {
		sink.removeListener("finish", onFinish);
		unpipe();
	}
	function onFinish() {
		sink.removeListener("close", onClose);
		unpipe();
	}
	function onUnpipe(from, info) {
		if (from === source && info && !info.cleaned) {
			info.cleaned = true;
			cleanUp();
		}
	}
	if (state.endEmitted)
		nextTick(end ? onEnd : unpipe);
	else
		source.once("end", end ? onEnd : unpipe);
	sink.on("unpipe", onUnpipe);
	source.on("data", onData);
	sink.prependListener("error", onError);
	sink.once("close", onClose);
	sink.once("finish", onFinish);
	sink.emit("pipe", source);
	if (sink.writableNeedDrain === true)
		stop();
	else if (!state.flowing)
		source.resume();
	return sink;
};

Readable.prototype.unpipe = function (sink) {
	const state = this._readableState, info = { cleaned: false };
	const gone = sink === undefined ? state.pipes.splice(0) : state.pipes.filter((one) => one === sink);
	if (sink !== undefined) {
		const at = state.pipes.indexOf(sink);
		if (at < 0)
			return this;
		state.pipes.splice(at, 1);
	}
	if (state.pipes.length === 0)
		this.pause();
	for (const one of sink === undefined ? gone : [sink])
		one.emit("unpipe", this, sink === undefined ? { cleaned: false } : info);
	return this;
};

Readable.prototype._destroy = (error, callback) => callback(error);
Readable.prototype.destroy = destroy;

Readable.prototype[Symbol.asyncIterator] = function () {
	return iterate(this, true);
};
Readable.prototype.iterator = function (options) {
	return iterate(this, !options || options.destroyOnReturn !== false);
};

async function* iterate(stream, destroys) {
	let wake = () => {}, error, closed = false;
	const next = () => {
		wake();
		wake = () => {};
	};
	stream.on("readable", next);
	const cleanUp = finished(stream, { writable: false }, (reason) => {
		error = reason ?? null;
		closed = true;
		next();
	});
	try {
		for (;;) {
			const piece = stream.destroyed_ ? null : stream.read();
			if (piece !== null)
				yield piece;
			else if (error)
				throw error;
			else if (closed)
				return;
			else
				await new Promise((resolve) => {
					wake = resolve;
				});
		}
	} catch (failure) {
		error ??= failure;
		throw failure;
	} finally {
		if ((error || destroys) && (error === undefined || stream.autoDestroy_))
			stream.destroy(error ?? null);
		else {
			stream.off("readable", next);
			cleanUp();
		}
	}
}

const readableViews = {
	readable: (s) => s._readableState !== undefined && s._readableState.exists !== false && !s.destroyed_ &&
		!s.errored_ && !s._readableState.endEmitted,
	readableHighWaterMark: (s) => s._readableState.highWaterMark,
	readableLength: (s) => s._readableState.length,
	readableObjectMode: (s) => s._readableState.objectMode,
	readableEncoding: (s) => s._readableState.encoding,
	readableEnded: (s) => s._readableState.endEmitted,
	readableDidRead: (s) => s._readableState.dataEmitted,
	readableAborted: (s) => (s.destroyed_ || s.errored_ !== null) && !s._readableState.endEmitted,
	readableBuffer: (s) => s._readableState.buffer,
	destroyed: (s) => s.destroyed_,
	closed: (s) => s.closed_,
	errored: (s) => s.errored_,
};
function views(prototype, table) {
	for (const [name, get] of Object.entries(table))
		Object.defineProperty(prototype, name, { configurable: true, get() {
			return get(this);
		} });
}
views(Readable.prototype, readableViews);
Object.defineProperty(Readable.prototype, "readableFlowing", { configurable: true, get() {
	return this._readableState.flowing;
}, set(value) {
	this._readableState.flowing = value;
} });

Readable.from = function (items, options) {
	if (typeof items === "string" || items instanceof Uint8Array)
		return new Readable({ objectMode: true, ...options, read() {
			this.push(items);
			this.push(null);
		} });
	const make = items && (items[Symbol.asyncIterator] || items[Symbol.iterator]);
	if (!make)
		throw argType("iterable", "an instance of Iterable", items);
	const iterator = make.call(items);
	let busy = false;
	async function next(stream) {
		busy = true;
		try {
			for (;;) {
				const { value, done } = await iterator.next();
				if (done) {
					stream.push(null);
					break;
				}
				const item = await value;
				if (item === null)
					throw errorOf.nulls();
				if (!stream.push(item)) {
					busy = false;
					break;
				}
			}
		} catch (error) {
			stream.destroy(error);
		}
	}
	const stream = new Readable({ objectMode: true, highWaterMark: 1, ...options, read() {
		if (!busy)
			next(this);
	} });
	stream._destroy = (error, callback) => {
		Promise.resolve(error !== null && typeof iterator.throw === "function" ? iterator.throw(error).catch(() => {})
			: typeof iterator.return === "function" ? iterator.return() : undefined)
			.then(() => nextTick(callback, error), (failure) => nextTick(callback, error || failure));
	};
	return stream;
};

// writable -----------------------------------------------------------------------------

function Writable(options) {
	if (!(this instanceof Writable))
		return new Writable(options);
	Stream.call(this, options);
	writableInit(this, options, false);
	shared(this, options);
	writableMethods(this, options);
	construct(this, options);
}
Object.setPrototypeOf(Writable.prototype, Stream.prototype);
Object.setPrototypeOf(Writable, Stream);
Object.defineProperty(Writable, Symbol.hasInstance, { value(object) {
	if (Function.prototype[Symbol.hasInstance].call(this, object))
		return true;
	return this === Writable && !!object && object._writableState !== undefined;
} });

function writableMethods(stream, options) {
	if (!options)
		return;
	for (const name of ["write", "writev", "destroy", "final"])
		if (typeof options[name] === "function")
			stream[`_${name}`] = options[name];
}

function writableInit(stream, options, duplex) {
	const objects = !!(options && (options.objectMode || (duplex && options.writableObjectMode)));
	const state = {
		objectMode: objects,
		highWaterMark: highWater(options, duplex ? "writableHighWaterMark" : "highWaterMark", objects),
		decodeStrings: !options || options.decodeStrings !== false,
		defaultEncoding: options && options.defaultEncoding || "utf8",
		buffered: [], length: 0, corked: 0, writing: false, sync: true, needDrain: false, ending: false,
		ended: false, finished: false, prefinished: false, finalCalled: false, pending: 0, current: null,
		after: null, ends: [],
	};
	stream._writableState = state;
}

Writable.prototype._write = function (piece, encoding, callback) {
	if (typeof this._writev === "function")
		this._writev([{ chunk: piece, encoding }], callback);
	else
		throw errorOf.missing("_write()");
};
Writable.prototype._writev = null;

Writable.prototype.write = function (piece, encoding, callback) {
	return writePiece(this, piece, encoding, callback) === true;
};

function writePiece(stream, piece, encoding, callback) {
	const state = stream._writableState;
	if (typeof encoding === "function") {
		callback = encoding;
		encoding = state.defaultEncoding;
	} else {
		encoding = encoding || state.defaultEncoding;
		if (encoding !== "buffer" && !Buffer.isEncoding(encoding))
			throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
	}
	callback = typeof callback === "function" ? callback : () => {};
	if (piece === null)
		throw errorOf.nulls();
	if (!state.objectMode) {
		if (typeof piece === "string") {
			if (state.decodeStrings) {
				piece = Buffer.from(piece, encoding);
				encoding = "buffer";
			}
		} else if (piece instanceof Uint8Array) {
			if (!Buffer.isBuffer(piece))
				piece = Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength);
			encoding = "buffer";
		} else {
			throw argType("chunk", "of type string or an instance of Buffer, TypedArray, or DataView", piece);
		}
	}
	const error = state.ending ? errorOf.writeAfterEnd() : stream.destroyed_ ? errorOf.destroyed("write") : null;
	if (error) {
		nextTick(callback, error);
		fail(stream, error, true);
		return error;
	}
	state.pending++;
	state.length += state.objectMode ? 1 : piece.length;
	const room = state.length < state.highWaterMark;
	if (!room)
		state.needDrain = true;
	if (state.writing || state.corked > 0 || stream.errored_ || state.constructed === false)
		state.buffered.push({ chunk: piece, encoding, callback });
	else
		start(stream, state, piece, encoding, callback, false);
	return room && !stream.errored_ && !stream.destroyed_;
}

function start(stream, state, piece, encoding, callback, many) {
	state.writing = true;
	state.sync = true;
	state.current = { callback, size: many ? state.length : state.objectMode ? 1 : piece.length, count: many ? piece.length : 1 };
	const done = (error) => written(stream, state, error);
	if (many)
		stream._writev(piece, done);
	else
		stream._write(piece, encoding, done);
	state.sync = false;
}

function written(stream, state, error) {
	const { current } = state;
	if (current === null) {
		fail(stream, errorOf.twice());
		return;
	}
	state.writing = false;
	state.current = null;
	state.length -= current.size;
	if (error) {
		state.failed ??= error;
		stream.errored_ ??= error;
		const report = () => {
			state.pending -= current.count;
			current.callback(error);
			abandon(stream, state);
			fail(stream, error);
		};
		if (state.sync)
			nextTick(report);
		else
			report();
		return;
	}
	if (state.buffered.length > 0)
		advance(stream, state);
	if (!state.sync) {
		after(stream, state, current.count, current.callback);
		return;
	}
	if (state.after !== null && state.after.callback === current.callback) {
		state.after.count += current.count;
		return;
	}
	const record = { count: current.count, callback: current.callback };
	state.after = record;
	nextTick(() => {
		if (state.after === record)
			state.after = null;
		after(stream, state, record.count, record.callback);
	});
}

function after(stream, state, count, callback) {
	if (!state.ending && !stream.destroyed_ && state.length === 0 && state.needDrain) {
		state.needDrain = false;
		stream.emit("drain");
	}
	while (count-- > 0) {
		state.pending--;
		callback(null);
	}
	if (stream.destroyed_)
		abandon(stream, state);
	finishIfDone(stream, state, false);
}

// What is not written any more, and whoever waits for the end, hears why.
function abandon(stream, state) {
	if (state.writing)
		return;
	for (const one of state.buffered.splice(0)) {
		state.length -= state.objectMode ? 1 : one.chunk.length;
		one.callback(stream.errored_ ?? errorOf.destroyed("write"));
	}
	for (const end of state.ends.splice(0))
		end(stream.errored_ ?? errorOf.destroyed("end"));
}

function advance(stream, state) {
	if (state.corked > 0 || state.advancing || stream.destroyed_ || state.constructed === false)
		return;
	state.advancing = true;
	if (state.buffered.length > 1 && typeof stream._writev === "function" && !state.writing) {
		const all = state.buffered.splice(0);
		state.pending -= all.length - 1;
		start(stream, state, all, "", (error) => {
			for (const one of all)
				one.callback(error);
		}, true);
		state.current && (state.current.count = 1);
	} else {
		while (state.buffered.length > 0 && !state.writing) {
			const { chunk, encoding, callback } = state.buffered.shift();
			start(stream, state, chunk, encoding, callback, false);
		}
	}
	state.advancing = false;
	if (state.ending)
		finishIfDone(stream, state, true);
}

Writable.prototype.cork = function () {
	this._writableState.corked++;
};

Writable.prototype.uncork = function () {
	const state = this._writableState;
	if (state.corked > 0 && --state.corked === 0 && !state.writing)
		advance(this, state);
};

Writable.prototype.setDefaultEncoding = function (encoding) {
	if (!Buffer.isEncoding(encoding))
		throw coded(TypeError, "ERR_UNKNOWN_ENCODING", `Unknown encoding: ${encoding}`);
	this._writableState.defaultEncoding = String(encoding).toLowerCase();
	return this;
};

Writable.prototype.end = function (piece, encoding, callback) {
	const state = this._writableState;
	if (typeof piece === "function") {
		callback = piece;
		piece = encoding = null;
	} else if (typeof encoding === "function") {
		callback = encoding;
		encoding = null;
	}
	let error;
	if (piece !== null && piece !== undefined) {
		const result = writePiece(this, piece, encoding);
		if (result instanceof Error)
			error = result;
	}
	if (state.corked > 0) {
		state.corked = 1;
		this.uncork();
	}
	if (!error && !this.errored_ && !state.ending) {
		state.ending = true;
		finishIfDone(this, state, true);
		state.ended = true;
	} else if (state.finished) {
		error ??= errorOf.alreadyFinished("end");
	} else if (this.destroyed_) {
		error ??= errorOf.destroyed("end");
	}
	if (typeof callback === "function") {
		if (error)
			nextTick(callback, error);
		else if (state.finished)
			nextTick(callback);
		else
			state.ends.push(callback);
	}
	return this;
};

function mayFinish(stream, state) {
	return state.ending && !stream.destroyed_ && state.constructed !== false && state.length === 0 &&
		!stream.errored_ && state.buffered.length === 0 && !state.finished && !state.writing;
}

function finishIfDone(stream, state, sync) {
	if (!mayFinish(stream, state))
		return;
	if (!state.prefinished && !state.finalCalled) {
		if (typeof stream._final === "function" && !stream.destroyed_) {
			state.finalCalled = true;
			callFinal(stream, state);
		} else {
			state.prefinished = true;
			stream.emit("prefinish");
		}
	}
	if (state.pending > 0 || !mayFinish(stream, state))
		return;
	state.pending++;
	if (!sync) {
		finish(stream, state);
		return;
	}
	nextTick(() => {
		if (mayFinish(stream, state))
			finish(stream, state);
		else
			state.pending--;
	});
}

function callFinal(stream, state) {
	let called = false, sync = true;
	state.pending++;
	const done = (error) => {
		if (called) {
			fail(stream, error ?? errorOf.twice());
			return;
		}
		called = true;
		state.pending--;
		if (error) {
			for (const end of state.ends.splice(0))
				end(error);
			fail(stream, error, sync);
		} else if (mayFinish(stream, state)) {
			state.prefinished = true;
			stream.emit("prefinish");
			state.pending++;
			nextTick(finish, stream, state);
		}
	};
	try {
		stream._final(done);
	} catch (error) {
		done(error);
	}
	sync = false;
}

function finish(stream, state) {
	state.pending--;
	state.finished = true;
	for (const end of state.ends.splice(0))
		end();
	stream.emit("finish");
	const readable = stream._readableState;
	if (stream.autoDestroy_ && (!readable || readable.endEmitted || readable.exists === false))
		stream.destroy();
}

Writable.prototype.pipe = function () {
	fail(this, coded(Error, "ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
};
Writable.prototype._destroy = (error, callback) => callback(error);
Writable.prototype.destroy = function (error, callback) {
	const state = this._writableState;
	if (!this.destroyed_ && (state.buffered.length > 0 || state.ends.length > 0))
		nextTick(abandon, this, state);
	return destroy.call(this, error, callback);
};

const writableViews = {
	writable: (s) => s._writableState.exists !== false && !s.destroyed_ && !s.errored_ && !s._writableState.ending,
	writableFinished: (s) => s._writableState.finished,
	writableEnded: (s) => s._writableState.ending,
	writableLength: (s) => s._writableState.length,
	writableHighWaterMark: (s) => s._writableState.highWaterMark,
	writableObjectMode: (s) => s._writableState.objectMode,
	writableCorked: (s) => s._writableState.corked,
	writableNeedDrain: (s) => !s.destroyed_ && !s._writableState.ending && s._writableState.needDrain,
	writableAborted: (s) => (s.destroyed_ || s.errored_ !== null) && !s._writableState.finished,
};
views(Writable.prototype, writableViews);
views(Writable.prototype, { destroyed: readableViews.destroyed, closed: readableViews.closed, errored: readableViews.errored });

// duplex -------------------------------------------------------------------------------

function Duplex(options) {
	if (!(this instanceof Duplex))
		return new Duplex(options);
	Stream.call(this, options);
	readableInit(this, options, true);
	writableInit(this, options, true);
	shared(this, options);
	this.allowHalfOpen = !options || options.allowHalfOpen !== false;
	if (options && options.readable === false) {
		this._readableState.exists = false;
		this._readableState.ended = this._readableState.endEmitted = true;
	}
	if (options && options.writable === false) {
		this._writableState.exists = false;
		this._writableState.ending = this._writableState.ended = this._writableState.finished = true;
	}
	if (options && typeof options.read === "function")
		this._read = options.read;
	writableMethods(this, options);
	construct(this, options);
}
Object.setPrototypeOf(Duplex.prototype, Readable.prototype);
Object.setPrototypeOf(Duplex, Readable);
for (const name of Reflect.ownKeys(Writable.prototype))
	if (name !== "constructor" && name !== "pipe" && !(name in { destroyed: 1, closed: 1, errored: 1 }))
		Object.defineProperty(Duplex.prototype, name, Object.getOwnPropertyDescriptor(Writable.prototype, name));

function Transform(options) {
	if (!(this instanceof Transform))
		return new Transform(options);
	Duplex.call(this, options);
	this._readableState.sync = false;
	if (options && typeof options.transform === "function")
		this._transform = options.transform;
	if (options && typeof options.flush === "function")
		this._flush = options.flush;
	Object.defineProperty(this, "waiting_", { writable: true, value: null });
	this.on("prefinish", flushed);
}
Object.setPrototypeOf(Transform.prototype, Duplex.prototype);
Object.setPrototypeOf(Transform, Duplex);

function flush(stream, callback) {
	if (typeof stream._flush !== "function" || stream.destroyed_) {
		stream.push(null);
		if (callback)
			callback();
		return;
	}
	stream._flush((error, data) => {
		if (error) {
			if (callback)
				callback(error);
			else
				stream.destroy(error);
			return;
		}
		if (data !== null && data !== undefined)
			stream.push(data);
		stream.push(null);
		if (callback)
			callback();
	});
}

Transform.prototype._final = function (callback) {
	this.flushed_ = true;
	flush(this, callback);
};
function flushed() {
	if (this._final !== Transform.prototype._final)
		flush(this);
}
Transform.prototype._transform = function () {
	throw errorOf.missing("_transform()");
};
Transform.prototype._write = function (piece, encoding, callback) {
	const readable = this._readableState, writable = this._writableState, before = readable.length;
	this._transform(piece, encoding, (error, data) => {
		if (error) {
			callback(error);
			return;
		}
		if (data !== null && data !== undefined)
			this.push(data);
		if (writable.ended || before === readable.length || readable.length < readable.highWaterMark)
			callback();
		else
			this.waiting_ = callback;
	});
};
Transform.prototype._read = function () {
	if (this.waiting_ === null)
		return;
	const callback = this.waiting_;
	this.waiting_ = null;
	callback();
};

function PassThrough(options) {
	if (!(this instanceof PassThrough))
		return new PassThrough(options);
	Transform.call(this, options);
}
Object.setPrototypeOf(PassThrough.prototype, Transform.prototype);
Object.setPrototypeOf(PassThrough, Transform);
PassThrough.prototype._transform = (piece, encoding, callback) => callback(null, piece);

require("stream/operators").offer(Readable.prototype, (items) => Readable.from(items));

module.exports = Stream;
Object.assign(Stream, { Stream, Readable, Writable, Duplex, Transform, PassThrough, pipeline, finished, addAbortSignal,
	getDefaultHighWaterMark: (objects) => objects ? HIGH_WATER_OBJECTS : HIGH_WATER });
Object.defineProperty(Stream, "promises", { enumerable: true, get: () => require("stream/promises") });
for (const [name, constructor] of Object.entries({ Readable, Writable, Duplex, Transform, PassThrough }))
	Object.defineProperty(constructor.prototype, "constructor", { configurable: true, writable: true, value: constructor, enumerable: false }) && name;
const promisify = Symbol.for("nodejs.util.promisify.custom");
Object.defineProperty(pipeline, promisify, { get: () => require("stream/promises").pipeline });
Object.defineProperty(finished, promisify, { get: () => require("stream/promises").finished });

