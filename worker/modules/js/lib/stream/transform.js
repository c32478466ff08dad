// Transform: a Duplex whose readable side gives what is made of what is written. PassThrough makes nothing of it.
"use strict";

const { errorOf } = require("stream/base");
const { Duplex } = require("stream/duplex");

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

module.exports = { Transform, PassThrough };
