// Writable: what is written goes on piece by piece, and waits while one is under way.
"use strict";

const { argType, coded } = require("errors");
const { nextTick } = require("internal");
const { Stream, highWater, errorOf, shared, destroy, fail, construct, views, settersOf,
	endsWithRejections } = require("stream/base");

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
		else if (this.errored_)
			nextTick(callback, this.errored_);
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
	writable: (s) => s._writableState.said !== false && s._writableState.exists !== false && !s.destroyed_ && !s.errored_ && !s._writableState.ending,
	writableFinished: (s) => s._writableState.finished,
	writableEnded: (s) => s._writableState.ending,
	writableLength: (s) => s._writableState.length,
	writableHighWaterMark: (s) => s._writableState.highWaterMark,
	writableObjectMode: (s) => s._writableState.objectMode,
	writableCorked: (s) => s._writableState.corked,
	writableNeedDrain: (s) => !s.destroyed_ && !s._writableState.ending && s._writableState.needDrain,
	writableAborted: (s) => (s.destroyed_ || s.errored_ !== null) && !s._writableState.finished,
};
views(Writable.prototype, writableViews, settersOf);
views(Writable.prototype, { destroyed: (s) => s.destroyed_, closed: (s) => s.closed_, errored: (s) => s.errored_ },
	settersOf);
endsWithRejections(Writable.prototype);

module.exports = { Writable, writableInit, writableMethods, advance };
