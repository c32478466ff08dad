// A message that comes in: a server's request, or the response that a client was given. One is made for
// each request, so what a handler may not ask for is made when it does: the state of the stream, the
// objects of the header fields, the socket.
//
// Where it comes from is `source_`: the ServerResponse, or the ClientRequest, that it belongs to. It has
//	headFields_()     the header fields, "name\0value\0…" as they came, or an array of both in turn
//	trailerFields_()  the same of the trailers, once the body is whole
//	bodyStart_()      the body is wanted: piece_, whole_ or broken_ follow; false: the other side has gone
//	bodyPause_(), bodyResume_()
//	isWhole_()        whether all of it has come, though nobody has read it (a request's)
//	abandon_(error)   the message is destroyed before it was whole
//	socketOf_()       the socket that it came on
"use strict";

const { Readable } = require("stream");
const { coded } = require("errors");
const { nextTick, blame } = require("internal");

// Fields of which only the first counts; all others are joined.
const ONCE = new Set(["age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host",
	"if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization",
	"referer", "retry-after", "server", "user-agent"]);

function IncomingMessage(socket) {
	this._events = undefined;
	this._eventsCount = 0;
	this.source_ = undefined;
	this.state_ = undefined;
	this.fields_ = undefined;
	this.headers_ = undefined;
	if (socket !== undefined)
		this.socket_ = socket;
}
Object.setPrototypeOf(IncomingMessage.prototype, Readable.prototype);
Object.setPrototypeOf(IncomingMessage, Readable);

// What most messages never change.
Object.assign(IncomingMessage.prototype, {
	httpVersionMajor: 1, httpVersionMinor: 1, httpVersion: "1.1", method: null, url: "", statusCode: null,
	statusMessage: null, joinDuplicateHeaders: false, complete_: false, aborted: false, upgrade: false,
	socket_: undefined, trailers_: undefined, rawTrailers_: undefined, reading_: false,
	destroyed_: false, closed_: false, errored_: null, errorEmitted_: false, emitClose_: true, autoDestroy_: true,
});

// What a Readable's constructor makes, made when somebody reads.
Object.defineProperty(IncomingMessage.prototype, "_readableState", {
	configurable: true,
	get() {
		if (this.state_ === undefined) {
			const { destroyed_, closed_, errored_, errorEmitted_ } = this;
			Readable.call(this);
			Object.assign(this, { destroyed_, closed_, errored_, errorEmitted_ });
		}
		return this.state_;
	},
	set(state) {
		this.state_ = state;
	},
});

function split(fields) {
	if (typeof fields !== "string")
		return fields ?? [];
	const list = fields.split("\0");
	list.pop();
	return list;
}

function joined(raw, joinAll) {
	const headers = {};
	for (let i = 0; i < raw.length; i += 2) {
		const name = raw[i].toLowerCase(), value = raw[i + 1], before = headers[name];
		if (name === "set-cookie") {
			if (before === undefined)
				headers[name] = [value];
			else
				before.push(value);
		} else if (typeof before !== "string") {
			headers[name] = value;
		} else if (joinAll || !ONCE.has(name)) {
			headers[name] = `${before}${name === "cookie" ? "; " : ", "}${value}`;
		}
	}
	return headers;
}

function distinct(raw) {
	const out = Object.create(null);
	for (let i = 0; i < raw.length; i += 2)
		(out[raw[i].toLowerCase()] ??= []).push(raw[i + 1]);
	return out;
}

function property(name, get, set) {
	Object.defineProperty(IncomingMessage.prototype, name, { configurable: true, enumerable: true, get, set });
}

property("complete", function () {
	return this.complete_ || Boolean(this.source_ && this.source_.isWhole_ && this.source_.isWhole_());
}, function (value) {
	this.complete_ = value;
});
property("rawHeaders", function () {
	if (typeof this.fields_ !== "object")
		this.fields_ = split(this.fields_ ?? (this.source_ && this.source_.headFields_()));
	return this.fields_;
}, function (value) {
	this.fields_ = value;
});
property("headers", function () {
	return this.headers_ ??= joined(this.rawHeaders, this.joinDuplicateHeaders);
}, function (value) {
	this.headers_ = value;
});
property("headersDistinct", function () {
	return distinct(this.rawHeaders);
});
property("rawTrailers", function () {
	if (!this.complete_ || !this.source_)
		return this.rawTrailers_ ?? [];
	return this.rawTrailers_ ??= split(this.source_.trailerFields_());
});
property("trailers", function () {
	if (!this.complete_)
		return {};
	return this.trailers_ ??= joined(this.rawTrailers, this.joinDuplicateHeaders);
}, function (value) {
	this.trailers_ = value;
});
property("trailersDistinct", function () {
	return distinct(this.rawTrailers);
});
property("socket", function () {
	if (this.socket_ === undefined && this.source_)
		this.socket_ = this.source_.socketOf_();
	return this.socket_;
}, function (value) {
	this.socket_ = value;
});
property("connection", function () {
	return this.socket;
}, function (value) {
	this.socket = value;
});

function reset() {
	return coded(Error, "ECONNRESET", "aborted");
}

Object.assign(IncomingMessage.prototype, {
	setTimeout(ms, callback) {
		if (typeof callback === "function")
			this.on("timeout", callback);
		if (this.socket)
			this.socket.setTimeout(ms);
		return this;
	},

	_read() {
		if (this.source_ === undefined)
			return;
		if (this.reading_) {
			this.source_.bodyResume_();
			return;
		}
		this.reading_ = true;
		if (!this.source_.bodyStart_())
			this.destroy(reset());
	},

	_destroy(error, callback) {
		const ended = this.state_ !== undefined && this.state_.endEmitted;
		if (!ended || !this.complete) {
			this.aborted = true;
			this.emit("aborted");
			if (this.source_ !== undefined && this.socket_ !== null)
				this.source_.abandon_(error);
		}
		if (error && this.listenerCount("error") === 0)
			error = null;
		nextTick(callback, error);
	},

	// As any emitter's; what a listener of a request throws leaves the client without an answer.
	emit(...event) {
		try {
			return Readable.prototype.emit.apply(this, event);
		} catch (error) {
			if (this.source_ !== undefined && this.source_.giveUp_ !== undefined)
				blame(this.source_, error);
			throw error;
		}
	},

	// Destroyed by what has read it, or has failed beside it (stream/finished.js): a server can answer all the same.
	letGo_(error) {
		if (this.source_?.isWhole_ !== undefined) {
			if (this.isRead_())
				this.source_.bodyPause_();
			this.socket_ = null;
		}
		this.destroy(error);
	},

	// Whether a body is being read, and whether anybody has asked for any of it, or for its events.
	isRead_() {
		return this.reading_ && !this.complete_;
	},

	isUsed_() {
		return this._events !== undefined || this.state_ !== undefined;
	},

	// The answer to a request is over: sent, or the client has left.
	closing_(sent) {
		if (this.destroyed_)
			return;
		if (!this.isUsed_()) {
			this.destroyed_ = this.closed_ = true;
			this.aborted = !sent;
		} else if (!sent) {
			this.destroy(reset());
		} else if (this.isRead_()) {
			this.complete = true; // the rest is thrown away
			this.push(null);
		}
	},

	piece_(bytes) {
		if (!this.push(Buffer.from(bytes)))
			this.source_.bodyPause_();
	},

	whole_() {
		this.complete = true;
		this.push(null);
	},

	broken_() {
		this.destroy(reset());
	},
});

module.exports = { IncomingMessage, reset };
