// Readable: what has come and is not read yet, in either of its modes.
"use strict";

const EventEmitter = require("events");
const { argType } = require("errors");
const { nextTick } = require("internal");
const { Stream, highWater, errorOf, shared, destroy, fail, construct, views, settersOf,
	endsWithRejections } = require("stream/base");
const { iterate } = require("stream/iterate");
const { pipe, unpipe } = require("stream/pipe");

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

Readable.prototype.pipe = pipe;
Readable.prototype.unpipe = unpipe;
Readable.prototype._destroy = (error, callback) => callback(error);
Readable.prototype.destroy = destroy;

Readable.prototype[Symbol.asyncIterator] = function () {
	return iterate(this, true);
};
Readable.prototype.iterator = function (options) {
	if (options !== undefined && (options === null || typeof options !== "object"))
		throw argType("options", "of type object", options);
	return iterate(this, !options || options.destroyOnReturn !== false);
};
const readableViews = {
	readable: (s) => s._readableState !== undefined && s._readableState.said !== false && s._readableState.exists !== false && !s.destroyed_ &&
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
views(Readable.prototype, readableViews, settersOf);
endsWithRejections(Readable.prototype);
Object.defineProperty(Readable.prototype, "readableFlowing", { configurable: true, get() {
	return this._readableState.flowing;
}, set(value) {
	this._readableState.flowing = value;
} });

// Destroys it, and waits until it has closed: what has not been read is given up.
Readable.prototype[Symbol.asyncDispose] = function () {
	const error = this.destroyed || this.readableEnded ? null : require("abort").abortError();
	if (!this.destroyed)
		this.destroy(error);
	return new Promise((resolve, reject) => {
		require("stream/finished").finished(this, (failed) => failed && failed !== error ? reject(failed) : resolve(null));
	});
};

Readable.prototype.wrap = function (old) {
	return require("stream/legacy").wrap(this, old);
};

Readable.prototype.compose = function (stream, options) {
	const made = require("stream/compose").compose(this, stream);
	if (options && options.signal)
		require("stream/finished").addAbortSignal(options.signal, made);
	return made;
};

Readable.from = (items, options) => require("stream/from").from(items, options);

require("stream/operators").offer(Readable.prototype, (items) => Readable.from(items));

module.exports = { Readable, readableInit, readableViews, more };
