// Duplex: a Readable and a Writable in one.
"use strict";

const { Stream, shared, construct } = require("stream/base");
const { Readable, readableInit } = require("stream/readable");
const { Writable, writableInit, writableMethods } = require("stream/writable");

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

Duplex.from = (body) => require("stream/compose").from(body);

module.exports = { Duplex };
