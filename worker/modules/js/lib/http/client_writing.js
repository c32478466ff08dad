// How the body of a client's request is written, and how it ends. These are methods of ClientRequest's.
"use strict";

const { coded } = require("errors");
const { nextTick, uncaught } = require("internal");
const { checkName, textOf, asBytes } = require("http/outgoing");

module.exports = {
	write(piece, encoding, callback) {
		if (typeof encoding === "function")
			[callback, encoding] = [encoding, undefined];
		if (piece === null)
			throw coded(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream");
		piece = asBytes(piece, encoding);
		const error = this.finished ? coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end")
			: this.destroyed ? coded(Error, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed") : null;
		if (error !== null) {
			nextTick(() => {
				if (typeof callback === "function")
					callback(error);
				if (!this.destroyed)
					this.emit("error", error);
			});
			return false;
		}
		this.written_ ||= piece.length > 0;
		this.begin_(undefined);
		if (typeof callback === "function")
			this.flushed_.push(callback);
		const room = piece.length === 0 || this.give_("clientWrite", piece);
		if (!room)
			this.needDrain_ = true;
		else if (this.connected_ && this.flushed_.length > 0)
			nextTick(() => this.flushedAll_());
		return room;
	},

	end(piece, encoding, callback) {
		if (typeof piece === "function")
			[callback, piece, encoding] = [piece, undefined, undefined];
		else if (typeof encoding === "function")
			[callback, encoding] = [encoding, undefined];
		piece = piece === undefined || piece === null ? undefined : asBytes(piece, encoding);
		if (this.finished) {
			if (piece !== undefined) {
				this.write(piece, encoding, callback);
			} else if (typeof callback === "function") {
				if (this.writableFinished)
					nextTick(callback, coded(Error, "ERR_STREAM_ALREADY_FINISHED", "Cannot call end after a stream was finished"));
				else
					this.once("finish", callback);
			}
			return this;
		}
		if (typeof callback === "function")
			this.once("finish", callback);
		this.written_ ||= piece !== undefined && piece.length > 0;
		if (!this.destroyed) {
			this.begin_(piece === undefined ? 0 : Buffer.byteLength(piece));
			this.give_("clientEnd", piece);
		}
		this.finished = true;
		if (this.socket !== null)
			this.emit("prefinish");
		if (this.over_ && !this.destroyed) // its answer was whole before
			nextTick(() => this.onFinish_());
		return this;
	},

	flushHeaders() {
		if (this.headSent_)
			return;
		this.begin_(undefined);
		if (this.id_ !== 0 || this.holds_)
			this.give_("clientFlush");
	},

	addTrailers(trailers) {
		let text = "";
		for (const [name, value] of Array.isArray(trailers) ? trailers : Object.entries(trailers)) {
			checkName(name, "Trailer name");
			text += `${name}\0${textOf(name, value)}\0`;
		}
		this.begin_(undefined);
		this.give_("clientTrailers", text);
	},

	cork() {
		this.corked_ = (this.corked_ ?? 0) + 1;
	},

	uncork() {
		this.corked_ = Math.max((this.corked_ ?? 0) - 1, 0);
	},

	flushedAll_(error) {
		const callbacks = this.flushed_;
		this.flushed_ = [];
		for (const callback of callbacks)
			try {
				callback(error ?? null);
			} catch (failure) {
				uncaught(failure);
			}
	},
};
