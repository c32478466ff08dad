// Streams of files: one read or write is under way at a time, and what it moves is handed on as it
// is. A file that a FileHandle has opened is the handle's: it goes when that does.
"use strict";

const { Readable, Writable, addAbortSignal, finished } = require("stream");
const { argType, coded, outOfRange } = require("errors");
const { nextTick } = require("internal");
const args = require("fs/args");
const fs = require("fs");

const READ_HIGH_WATER = 64 * 1024;
const idle = Symbol("idle");

// Functions that scripts bring along instead of fs's.
function operations(given, names) {
	if (given === undefined || given === null)
		return fs;
	for (const name of names)
		if (typeof given[name] !== "function")
			throw argType(`options.fs.${name}`, "of type function", given[name]);
	return given;
}

function hide(object, name, value) {
	Object.defineProperty(object, name, { configurable: true, writable: true, value });
}

function checkPlace(value, name) {
	if (typeof value !== "number")
		throw argType(name, "of type number", value);
	if (!Number.isInteger(value))
		throw outOfRange(name, "an integer", value);
	if (value < 0 || value > Number.MAX_SAFE_INTEGER)
		throw outOfRange(name, ">= 0 && <= 9007199254740991", value);
}

// The operations of a handle, in the form of fs's.
function ofHandle(handle) {
	const after = (promise, callback) =>
		promise.then((value) => nextTick(callback, null, value), (error) => nextTick(callback, error));
	return {
		read: (fd, bytes, offset, length, position, callback) => after(handle.read(bytes, offset, length, position),
			(error, done) => callback(error, done?.bytesRead)),
		write: (fd, bytes, offset, length, position, callback) => after(handle.write(bytes, offset, length, position),
			(error, done) => callback(error, done?.bytesWritten)),
		writev: (fd, all, position, callback) => after(handle.writev(all, position),
			(error, done) => callback(error, done?.bytesWritten)),
		close: (fd, callback) => after(handle.close(), callback),
	};
}

// The descriptor, or handle, that a stream is given.
function adopt(options) {
	const { fd } = options;
	if (fd === undefined || fd === null)
		return {};
	if (typeof fd === "number")
		return { fd: args.descriptor(fd) };
	if (!(fd instanceof require("fs/promises").FileHandle))
		throw argType("options.fd", "of type number or an instance of FileHandle", fd);
	if (options.fs)
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The FileHandle with fs method is not implemented");
	return { fd: fd.fd, handle: fd };
}

// What a stream is made of, checked before there is one.
function settle(path, options, flags, names) {
	const { fd, handle } = adopt(options);
	const own = fd !== undefined;
	const ours = operations(options.fs, own ? names : ["open", "close", ...names]);
	if (options.start !== undefined)
		checkPlace(options.start, "start");
	return { handle, fs: handle ? ofHandle(handle) : ours, fields: {
		fd: fd ?? null,
		path: own ? path ?? undefined : args.path(path),
		flags: own ? undefined : options.flags ?? flags,
		mode: own ? undefined : options.mode ?? 0o666,
		start: options.start,
		pos: options.start,
	} };
}

function take(stream, { handle, fs: functions, fields }) {
	hide(stream, "busy_", false);
	hide(stream, "fs_", functions);
	Object.assign(stream, fields);
	if (handle)
		handle.on("close", () => stream.destroy());
}

// What the base class is told. A signal comes last: it may have been given already.
function baseOptions(options) {
	return { ...options, signal: undefined, autoDestroy: options.autoDestroy ?? options.autoClose ?? true };
}

function openFile(stream, callback) {
	if (typeof stream.fd === "number") {
		callback();
		return;
	}
	stream.fs_.open(stream.path, stream.flags, stream.mode, (error, fd) => {
		if (error) {
			callback(error);
			return;
		}
		stream.fd = fd;
		callback();
		stream.emit("open", fd);
		stream.emit("ready");
	});
}

// A close waits for what is under way.
function closeFile(stream, error, callback) {
	if (stream.busy_) {
		stream.once(idle, (failure) => closeNow(stream, error ?? failure, callback));
		return;
	}
	closeNow(stream, error, callback);
}

function closeNow(stream, error, callback) {
	if (typeof stream.fd !== "number") {
		callback(error);
		return;
	}
	stream.fs_.close(stream.fd, (failure) => callback(failure ?? error));
	stream.fd = null;
}

// After an operation: whether somebody has destroyed the stream meanwhile.
function rest(stream, error) {
	stream.busy_ = false;
	if (!stream.destroyed)
		return false;
	stream.emit(idle, error);
	return true;
}

// Node's are functions, which scripts call without `new`.
function callable(constructor) {
	return new Proxy(constructor, { apply: (target, self, given) => new target(...given) });
}

// reading ------------------------------------------------------------------------------

class ReadStream extends Readable {
	constructor(path, options) {
		options = args.options(options, {});
		const settled = settle(path, options, "r", ["read"]);
		const end = options.end ?? Infinity;
		if (end !== Infinity)
			checkPlace(end, "end");
		if (options.start !== undefined && options.start > end)
			throw outOfRange("start", `<= "end" (here: ${end})`, options.start);
		super({ ...baseOptions(options), highWaterMark: options.highWaterMark ?? READ_HIGH_WATER });
		take(this, settled);
		this.end = end;
		this.bytesRead = 0;
		if (options.signal !== undefined)
			addAbortSignal(options.signal, this);
	}

	_construct(callback) {
		openFile(this, callback);
	}

	_read(n) {
		if (this.pos !== undefined)
			n = Math.min(this.end - this.pos + 1, n);
		else
			n = Math.min(this.end - this.bytesRead + 1, n);
		if (n <= 0) {
			this.push(null);
			return;
		}
		const bytes = Buffer.allocUnsafeSlow(n);
		this.busy_ = true;
		this.fs_.read(this.fd, bytes, 0, n, this.pos, (error, got) => {
			if (rest(this, error))
				return;
			if (error) {
				fail(this, error);
				return;
			}
			this.bytesRead += got;
			if (this.pos !== undefined)
				this.pos += got;
			this.push(got === 0 ? null : piece(bytes, got));
		});
	}

	_destroy(error, callback) {
		closeFile(this, error, callback);
	}

	close(callback) {
		if (callback)
			finished(this, callback);
		this.destroy();
	}

	get pending() {
		return this.fd === null;
	}

	get autoClose() {
		return this.autoDestroy_;
	}
}

// A short read keeps no more memory than it is long.
function piece(bytes, n) {
	if (n === bytes.length)
		return bytes;
	return Buffer.from(bytes.subarray(0, n));
}

function fail(stream, error) {
	if (stream.autoDestroy_)
		stream.destroy(error);
	else
		stream.emit("error", error);
}

// writing ------------------------------------------------------------------------------

class WriteStream extends Writable {
	constructor(path, options) {
		options = args.options(options, {});
		const some = options.fs && options.fs.write === undefined && options.fs.writev !== undefined ? "writev" : "write";
		const settled = settle(path, options, "w", [some]);
		if (options.flush !== undefined && options.flush !== null)
			args.boolean(options.flush, "options.flush");
		super({ ...baseOptions(options), decodeStrings: true });
		take(this, settled);
		this.bytesWritten = 0;
		hide(this, "flush_", options.flush === true);
		if (this.fs_.writev === undefined)
			this._writev = null;
		if (options.encoding)
			this.setDefaultEncoding(options.encoding);
		if (options.signal !== undefined)
			addAbortSignal(options.signal, this);
	}

	_construct(callback) {
		openFile(this, callback);
	}

	_write(bytes, encoding, callback) {
		this.busy_ = true;
		writeAll(this, bytes, this.pos, (error) => this.written_(error, callback));
		if (this.pos !== undefined)
			this.pos += bytes.length;
	}

	_writev(list, callback) {
		const all = list.map((one) => one.chunk), n = all.reduce((sum, one) => sum + one.length, 0);
		this.busy_ = true;
		this.fs_.writev(this.fd, all, this.pos ?? null, (error, done) => {
			this.bytesWritten += done ?? 0;
			this.written_(error, callback);
		});
		if (this.pos !== undefined)
			this.pos += n;
	}

	written_(error, callback) {
		const over = rest(this, error);
		if (over)
			callback(error ?? coded(Error, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed"));
		else
			callback(error);
	}

	_destroy(error, callback) {
		if (!this.flush_ || error || typeof this.fd !== "number") {
			closeFile(this, error, callback);
			return;
		}
		fs.fsync(this.fd, (failure) => closeFile(this, failure ?? error, callback));
	}

	close(callback) {
		if (callback) {
			if (this.closed) {
				nextTick(callback);
				return;
			}
			this.on("close", callback);
		}
		if (!this.autoDestroy_)
			this.on("finish", this.destroy);
		this.end();
	}

	get pending() {
		return this.fd === null;
	}

	get autoClose() {
		return this.autoDestroy_;
	}
}
WriteStream.prototype.destroySoon = WriteStream.prototype.end;

// Operations that scripts bring along may write less than they are given.
function writeAll(stream, bytes, position, callback) {
	stream.fs_.write(stream.fd, bytes, 0, bytes.length, position ?? null, (error, n) => {
		if (error) {
			callback(error);
			return;
		}
		stream.bytesWritten += n;
		if (n < bytes.length && n > 0)
			writeAll(stream, bytes.subarray(n), position === undefined ? undefined : position + n, callback);
		else
			callback(null);
	});
}

const Reading = callable(ReadStream), Writing = callable(WriteStream);
module.exports = { ReadStream: Reading, WriteStream: Writing,
	createReadStream: (path, options) => new ReadStream(path, options),
	createWriteStream: (path, options) => new WriteStream(path, options) };
