// ServerResponse. An answer that is whole when the handler returns, which most are, is never handed to C,
// but left where C finds it (answer.js). All others go through native.response…, by the id of their exchange. One that
// a script has made itself is of no exchange: see unbound.js.
"use strict";

const { isRunning, leave, closeBehind } = require("http/answer");
const { OutgoingMessage, checkName, checkValue, textOf, sent, asBytes } = require("http/outgoing");
const { packed, hasBody, reasonOf, wordsOf, mergeHead, checkReason } = require("http/response_head");
const { exchanges, watch, fail, tellEnd } = require("http/response_events");
const { STATUS_CODES } = require("http/codes");
const { coded, argType, argValue } = require("errors");
const { nextTick, blame } = require("internal");
const { adopt } = require("net/socket");
const { RequestSocket } = require("http/socket");
const unbound = require("http/unbound");

const HIGH_WATER = 16384;
const AT_ONCE = 16384; // a whole answer of so many bytes is taken for sent with the handler's return

function ServerResponse(req) {
	this._events = undefined;
	this._eventsCount = 0;
	this.req = req;
	this.id_ = 0;
	this.fields_ = undefined;
	this.headSent_ = false;
	this.finished = false;
	this.over_ = false; // the end has been told, or will be in a tick
}
Object.setPrototypeOf(ServerResponse.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ServerResponse, OutgoingMessage);

// What most answers never change.
Object.assign(ServerResponse.prototype, {
	statusCode: 200, sendDate: true, shouldKeepAlive: true, strictContentLength: false, writable: true,
	chunkedEncoding: false, useChunkedEncodingByDefault: true,
	message_: undefined,
	status_: 200, words_: undefined, // those of the head: what a script changes behind writeHead changes nothing
	raw_: false, // the fields are writeHead's alone: getHeader does not know them
	watched_: false, // C tells its events
	begun_: false, // C has the head
	told_: false,
	destroyed_: false, closed_: false, finished_: false, errored_: null,
	cut_: false, // destroyed before its end
	needDrain_: false, corked_: 0, written_: 0, socket_: undefined, server_: undefined,
	head_: undefined, // as a text, when a script has asked for it
	whole_: undefined, // how long the body is, if all of it comes with the end
	stream_: undefined, waiting_: undefined, waitingLength_: 0, trailer_: "", // of unbound.js
});

function property(name, get, set) {
	Object.defineProperty(ServerResponse.prototype, name, { configurable: true, enumerable: true, get, set });
}

// An answer that nobody listens to is over without anybody being told.
function isOver(res) {
	return res.over_ && !res.told_ && !res.watched_ && !isRunning(res.id_);
}

property("statusMessage", function () {
	return this.message_ ?? (this.headSent_ ? STATUS_CODES[this.statusCode] ?? "unknown" : undefined);
}, function (text) {
	this.message_ = text;
});
property("writableEnded", function () {
	return this.finished;
});
property("writableFinished", function () {
	if (this.id_ === 0)
		return this.finished && this.waiting_ === undefined && !(this.stream_ && this.stream_.writableLength > 0);
	return this.finished && (this.finished_ || this.over_ || !(this.needDrain_ || this.cut_));
});
property("closed", function () {
	return this.closed_ || isOver(this);
});
property("destroyed", function () {
	return this.destroyed_ || isOver(this);
}, function (value) {
	this.destroyed_ = value;
});
property("errored", function () {
	return this.errored_;
});
property("writableNeedDrain", function () {
	return this.needDrain_ && !this.finished && !this.destroyed_;
});
property("writableLength", function () {
	if (this.id_ === 0)
		return this.waitingLength_;
	return this.begun_ && !this.closed_ ? native.responseLength(this.id_) : 0;
});
property("writableHighWaterMark", () => HIGH_WATER);
property("writableObjectMode", () => false);
property("writableCorked", function () {
	return this.corked_;
});
property("socket", function () {
	if (this.id_ === 0)
		return this.stream_ ?? null;
	return this.closed || this.finished_ ? null : this.req.socket;
});
property("connection", function () {
	return this.socket;
});
// Which packages look at: null until the head is fixed.
property("_header", function () {
	return this.headSent_ ? this.head_ ??= unbound.headText(this) : null;
}, function (text) {
	this.head_ = text;
});
property("_hasBody", function () {
	return hasBody(this);
}, () => {});
property("_headerSent", function () {
	return this.begun_ || this.over_;
}, () => {});

function implicitHead(res) {
	if (!res.headSent_)
		res.writeHead(res.statusCode);
}

// Gives the head to C, which sends it with what comes first.
function begin(res) {
	if (res.begun_)
		return;
	if (res.id_ === 0) {
		unbound.begin(res);
		return;
	}
	watch(res);
	res.begun_ = true;
	try {
		native.responseHead(res.id_, res.status_, reasonOf(res), packed(res.fields_));
	} catch (error) {
		fail(res);
		throw error;
	}
}

// writing ------------------------------------------------------------------------------

function refuse(res, error, callback) {
	nextTick(() => {
		if (callback)
			callback(error);
		if (!res.destroyed_)
			res.emit("error", error);
	});
}

function lengthOf(piece) {
	return typeof piece === "string" ? Buffer.byteLength(piece) : piece.length;
}

// A body where there can be none is left out, unless the server was told that it is a mistake.
function mayDrop(res) {
	if (res.server_ !== undefined && res.server_.rejectsBody_)
		throw coded(Error, "ERR_HTTP_BODY_NOT_ALLOWED",
			"Adding content for this request method or response status is not allowed.");
}

function strict(res, more, atEnd) {
	const i = res.fields_ === undefined ? -1 : res.fields_.indexOf("content-length");
	if (!res.strictContentLength || i < 0 || i % 3 !== 0 || !hasBody(res))
		return;
	const expected = Number(res.fields_[i + 2]), n = res.written_ + more;
	if (atEnd ? n !== expected : n > expected)
		throw coded(Error, "ERR_HTTP_CONTENT_LENGTH_MISMATCH", `Response body's content-length of ${n} byte(s) does not ` +
			`match the content-length of ${expected} byte(s) set in header`);
}

function mayLeave(res) {
	return isRunning(res.id_) && !res.watched_ && reasonOf(res) === undefined && hasBody(res);
}

// Hands a whole answer to C, which tells what becomes of it if it is `watched`.
function hand(res, piece, watched) {
	try {
		native.responseSend(res.id_, res.status_, wordsOf(res), packed(res.fields_), piece, watched);
	} catch (error) {
		fail(res);
		throw error;
	}
}

// A whole answer: in one go, and with no events of C's where it is so short that it leaves with the
// handler's return. Where somebody listens it leaves at once: who hears of its end may keep the loop for long.
function sendWhole(res, piece) {
	const short = piece === undefined || piece.length <= AT_ONCE;
	if (short && !res.req.isRead_()) {
		const heard = res._events !== undefined || res.req.isUsed_();
		res.over_ = true;
		if (heard || !mayLeave(res) || !leave(res.status_, res.fields_, piece)) {
			hand(res, piece, false);
			if (res.watched_) {
				exchanges.delete(res.id_);
				res.watched_ = false;
			}
		}
		if (heard)
			tellEnd(res);
		return;
	}
	watch(res);
	res.begun_ = true;
	hand(res, piece, true);
}

// Node looks no further than at this: what stands between the brackets can be any character.
const LINK = /^<[^>]*>(\s*;\s*[^;"\s=]+(=("[^"]*"|[^;"\s]*))?)*$/;

Object.assign(ServerResponse.prototype, {
	writeHead(status, reason, headers) {
		if (this.headSent_)
			throw sent("write");
		const code = status | 0;
		if (code < 100 || code > 999)
			throw coded(RangeError, "ERR_HTTP_INVALID_STATUS_CODE", `Invalid status code: ${
				typeof status === "string" ? status : require("inspect").inspect(status)}`);
		if (typeof reason === "string")
			this.message_ = reason;
		else
			headers ??= reason;
		if (this.message_ !== undefined)
			this.words_ = checkReason(String(this.message_));
		this.statusCode = this.status_ = code;
		if (headers)
			mergeHead(this, headers);
		this.headSent_ = true;
		return this;
	},

	writeContinue(callback) {
		if (this.id_ === 0)
			unbound.send(this, "HTTP/1.1 100 Continue\r\n\r\n", "latin1");
		else
			native.responseContinue(this.id_);
		if (typeof callback === "function")
			nextTick(callback);
	},

	// Node's older hooks, which packages call or replace.
	writeHeader(status, ...rest) {
		return this.writeHead(status, ...rest);
	},

	_implicitHeader() {
		this.writeHead(this.statusCode);
	},

	writeEarlyHints(hints, callback) {
		if (hints === null || typeof hints !== "object" || Array.isArray(hints))
			throw argType("hints", "of type object", hints);
		const links = hints.link === undefined || hints.link === null ? [] : [].concat(hints.link);
		for (const link of links)
			if (typeof link !== "string" || !LINK.test(link))
				throw argValue("hints", link, 'must be an array or string of format "</styles.css>; rel=preload; as=style"');
		for (const link of links)
			checkValue("Link", link);
		if (links.length === 0)
			return;
		let text = `Link\0${links.join(", ")}\0`;
		for (const name of Object.keys(hints)) {
			if (name === "link")
				continue;
			checkName(name);
			text += `${name}\0${textOf(name, hints[name])}\0`;
		}
		if (this.id_ === 0)
			unbound.sendHints(this, text);
		else
			native.responseHints(this.id_, text);
		if (typeof callback === "function")
			nextTick(callback);
	},

	flushHeaders() {
		implicitHead(this);
		begin(this);
		if (this.id_ !== 0)
			native.responseFlush(this.id_);
	},

	write(piece, encoding, callback) {
		if (typeof encoding === "function") {
			callback = encoding;
			encoding = undefined;
		}
		if (piece === null)
			throw coded(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream");
		const bytes = asBytes(piece, encoding);
		if (this.finished) {
			refuse(this, coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end"), callback);
			return false;
		}
		if (this.destroyed_) {
			if (callback)
				nextTick(callback, coded(Error, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed"));
			return false;
		}
		implicitHead(this);
		if (!hasBody(this)) {
			mayDrop(this);
			if (callback)
				nextTick(callback);
			return true;
		}
		const n = lengthOf(bytes);
		strict(this, n, false);
		this.written_ += n;
		if (this.id_ === 0)
			return unbound.write(this, bytes, n, callback);
		begin(this);
		const more = n === 0 || native.responseWrite(this.id_, bytes);
		if (!more)
			this.needDrain_ = true;
		if (callback)
			nextTick(callback);
		return more;
	},

	end(piece, encoding, callback) {
		if (typeof piece === "function") {
			callback = piece;
			piece = undefined;
		} else if (typeof encoding === "function") {
			callback = encoding;
			encoding = undefined;
		}
		piece = piece ? asBytes(piece, encoding) : undefined;
		if (this.finished) {
			if (piece !== undefined)
				refuse(this, coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end"), callback);
			else if (typeof callback === "function")
				this.writableFinished ? callback(coded(Error, "ERR_STREAM_ALREADY_FINISHED",
					"Cannot call end after a stream was finished")) : this.once("finish", callback);
			return this;
		}
		if (piece !== undefined && !hasBody(this))
			mayDrop(this);
		if (!this.headSent_) {
			if (this.id_ === 0)
				this.whole_ = piece === undefined ? 0 : lengthOf(piece);
			this.writeHead(this.statusCode);
		}
		if (this.strictContentLength)
			strict(this, piece === undefined ? 0 : lengthOf(piece), true);
		if (typeof callback === "function")
			this.once("finish", callback);
		this.finished = true;
		if (this.destroyed_)
			return this;
		if (this.id_ === 0) {
			unbound.end(this, piece, piece === undefined ? 0 : lengthOf(piece));
			return this;
		}
		if (this.begun_)
			native.responseEnd(this.id_, piece);
		else
			sendWhole(this, piece);
		if (this._events !== undefined)
			this.emit("prefinish");
		return this;
	},

	addTrailers(trailers) {
		let text = "";
		const list = Array.isArray(trailers) ? trailers : Object.entries(trailers);
		for (const [name, value] of list) {
			checkName(name, "Trailer name");
			text += `${name}\0${textOf(name, value, "trailer content")}\0`;
		}
		if (this.id_ === 0)
			this.trailer_ += unbound.lines(text);
		else
			native.responseTrailers(this.id_, text);
	},

	cork() {
		this.corked_++;
	},

	uncork() {
		if (this.corked_ > 0)
			this.corked_--;
	},

	setTimeout(ms, callback) {
		if (typeof callback === "function")
			this.on("timeout", callback);
		limit(this, ms);
		return this;
	},

	destroy(error) {
		if (this.destroyed_)
			return this;
		this.destroyed_ = true;
		if (this.id_ === 0) {
			this.errored_ = error ?? null;
			unbound.withSocket(this, (socket) => socket.destroy(error));
			return this;
		}
		if (this.finished_)
			return this; // what is on the connection now is not its own
		if (this.over_) {
			this.close_();
			return this;
		}
		this.cut_ = !this.finished;
		this.errored_ = error ?? null;
		watch(this);
		native.responseDestroy(this.id_);
		return this;
	},

	// The script has thrown where nothing of it goes on: the client is told, if it still can be.
	giveUp_() {
		if (this.finished || this.destroyed)
			return;
		if (this.begun_) {
			this.destroy();
			return;
		}
		this.fields_ = ["content-type", "Content-Type", "text/plain; charset=utf-8"];
		this.statusCode = this.status_ = 500;
		this.statusMessage = this.words_ = undefined;
		this.headSent_ = true;
		this.end("Internal Server Error\n");
	},

	// As any emitter's; what a listener throws leaves the client without an answer.
	emit(...event) {
		try {
			return OutgoingMessage.prototype.emit.apply(this, event);
		} catch (error) {
			blame(this, error);
			throw error;
		}
	},

	// One of an exchange has its socket, and keeps it.
	assignSocket(socket) {
		if (this.id_ === 0)
			unbound.assign(this, socket);
	},

	detachSocket(socket) {
		if (this.id_ === 0)
			unbound.detach(this, socket);
	},

	// What incoming.js asks of where a message comes from.
	headFields_: () => "",

	trailerFields_() {
		return native.requestTrailers(this.id_) ?? "";
	},

	bodyStart_() {
		if (this.over_ || this.finished_) {
			this.req.whole_(); // what is left of a body when it has been answered, eddy throws away
			return true;
		}
		watch(this);
		return native.requestRead(this.id_);
	},

	// A request without a body is whole as soon as its handler has returned.
	isWhole_() {
		const { headers } = this.req;
		return !isRunning(this.id_) && headers["content-length"] === undefined &&
			headers["transfer-encoding"] === undefined;
	},

	bodyPause_() {
		native.requestPause(this.id_);
	},

	bodyResume_() {
		native.requestResume(this.id_);
	},

	abandon_() {
		this.close_();
	},

	// The connection is to be closed: cut, or behind an answer that is whole.
	close_(error) {
		if (!this.finished)
			this.destroy(error);
		else if (!closeBehind(this.id_))
			native.responseDestroy(this.id_);
	},

	socketOf_() {
		return this.socket_ ??= new RequestSocket(this);
	},
});

// for the server -----------------------------------------------------------------------

// The connection, from now on a socket of its own; undefined: it cannot be had.
function detach(res, server) {
	const id = native.responseDetach(res.id_);
	if (id === 0)
		return undefined;
	res.finished = res.over_ = res.told_ = true;
	const socket = adopt(id, { allowHalfOpen: true });
	socket.server = server;
	res.req.socket_ = socket;
	return socket;
}

// After so long without a byte it times out.
function limit(res, ms) {
	if (res.id_ === 0) {
		unbound.withSocket(res, (socket) => socket.setTimeout(ms));
		return;
	}
	watch(res);
	native.responseTimeout(res.id_, Math.max(0, Number(ms) || 0));
}

// A handler has returned, and the answer is not whole: what happens to it is told from now on.
function keep(res) {
	if (!res.finished || res.begun_)
		watch(res);
	else if (res.over_ && !res.told_ && (res._events !== undefined || res.req._events !== undefined)) {
		native.responseNow(res.id_);
		tellEnd(res);
	}
}

module.exports = { ServerResponse, keep, detach, limit };
