// http.request: requests to other servers, over eddy's client. A request leaves with its first write, its end
// or its flush: until then its head can change, and nothing of it is C's.
"use strict";

const { argType, coded } = require("errors");
const { nextTick, tell } = require("internal");
const { IncomingMessage } = require("http/incoming");
const { hangUp, lookupError } = require("http/client_errors");
const { gathered, agentOf, methodOf } = require("http/client_options");
const { running, methods } = require("http/client_events");
const { OutgoingMessage } = require("http/outgoing");
const { ClientSocket, checkMs } = require("http/client_socket");
const net = require("net");

// Methods whose body, if they have one, is not announced where nothing is said.
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);
const NOT_SENT = /[#\x7f-\xff]/g; // bytes of a path that eddy sends in no other form than "%E9"
const HIGH_WATER = 65536; // of eddy's

function ClientRequest(input, options, callback) {
	if (!(this instanceof ClientRequest))
		return new ClientRequest(input, options, callback);
	OutgoingMessage.call(this);
	[options, callback] = gathered(input, options, callback);
	this.agent = agentOf(options);
	this.checkTarget_(options);
	this.method = methodOf(options);
	this.checkRest_(options);
	this.path = options.path || "/";
	this.res = null;
	this.socket = null;
	this.maxHeadersCount = null;
	this.reusedSocket = false;
	this.aborted = this.destroyed = this.finished = this.writableFinished = this.closed = this.headSent_ = false;
	this.errored = null;
	this.error_ = null; // why it fails, until that has been told
	this.sendDate = false;
	this.useChunkedEncodingByDefault = !BODILESS.has(this.method);
	this.shouldKeepAlive = this.agent.keepAlive || Number.isFinite(this.agent.maxSockets);
	this.id_ = 0; // 0: nothing of it is C's yet, or no more
	this.connected_ = this.waited_ = this.upgraded_ = false;
	this.seated_ = this.unseated_ = this.trail_ = undefined;
	this.flushed_ = []; // callbacks of writes, which are owed until the bytes are on their way
	this.needDrain_ = this.over_ = this.failed_ = this.holds_ = false;
	this.putHeaders_(options);
	if (callback)
		this.once("response", callback);
	this.agent.addRequest(this, options);
	nextTick(() => this.onSeat_());
	if (options.signal)
		this.heed_(options.signal);
	if (this.hasHeader("expect"))
		this.flushHeaders();
	this.once("pipe", (source) => this.heedSource_(source));
}
Object.setPrototypeOf(ClientRequest.prototype, OutgoingMessage.prototype);
Object.setPrototypeOf(ClientRequest, OutgoingMessage);

Object.assign(ClientRequest.prototype, {
	heed_(signal) {
		const abort = () => this.destroy(require("abort").abortError(signal.reason));
		if (signal.aborted)
			return nextTick(abort);
		signal.addEventListener("abort", abort, { once: true });
		this.once("close", () => signal.removeEventListener("abort", abort));
	},

	// The same the other way: a client that leaves before its request has come whole takes this one along.
	heedSource_(source) {
		if (source instanceof IncomingMessage)
			source.once("close", () => {
				if (!source.complete)
					this.destroy();
			});
	},

	// The agent has a place for it, at once or later.
	seat_() {
		this.seated_ = new ClientSocket(this);
		if (this.unseated_ !== undefined && !this.destroyed) {
			this.holds_ = false;
			this.reach_(this.unseated_);
			this.unseated_ = undefined;
			if (!this.holds_)
				this.giveHeld_();
		}
		if (this.waited_)
			nextTick(() => this.onSeat_());
		return this.seated_;
	},

	onSeat_() {
		if (this.destroyed) {
			this.drop_();
			this.settle_();
		} else if (this.seated_ === undefined) {
			this.waited_ = true;
		} else {
			this.sit_();
		}
	},

	sit_() {
		if (this.socket !== null)
			return;
		this.socket = this.seated_ ??= new ClientSocket(this);
		tell(this, "socket", this.socket);
		if (this.finished)
			this.emit("prefinish");
	},

	// to C -----------------------------------------------------------------------

	// The head leaves now, or is C's until there is a connection.
	begin_(length) {
		if (this.headSent_ || this.destroyed)
			return;
		let fields;
		try { // a path or a header may be an object, or have been changed
			fields = this.packed_(length);
			this.target_ = `${this.path}`.replace(NOT_SENT, (byte) => `%${byte.charCodeAt(0).toString(16).toUpperCase()}`);
		} catch (error) {
			this.destroy(error);
			return;
		}
		this.headSent_ = true;
		if (this.seated_ === undefined && this.agent.maxTotalSockets !== Infinity) {
			this.unseated_ = fields; // C counts the connections of a host, not of all
			this.holds_ = true;
		} else {
			this.reach_(fields);
		}
	},

	reach_(fields) {
		const known = this.lookup_ || this.family_ ? undefined : this.host;
		if (known === undefined && !this.socketPath && !net.isIP(this.host)) {
			this.lookUp_(fields);
			return;
		}
		this.ask_(this.host, fields);
	},

	ask_(host, fields) {
		const ascii = net.isIP(host) === 6 ? `[${host}]` : require("url").domainToASCII(host);
		if (!this.socketPath && (!/^[\w~-]+(\.[\w~-]+)*\.?$/.test(ascii) && !ascii.startsWith("["))) {
			this.error_ = lookupError("ENOTFOUND", host);
			nextTick(() => this.settle_());
			return;
		}
		this.id_ = native.clientRequest(`http://${this.socketPath ? "localhost" : ascii}:${this.port_}`, this.method, this.target_,
			this.socketPath || undefined, fields, this.timeoutMs_, this.agent.id());
		if (this.id_ !== 0) {
			running.set(this.id_, this);
			return;
		}
		this.error_ = coded(Error, "ECANCELED", "no request can be made any more: the worker ends");
		nextTick(() => this.settle_());
	},

	lookUp_(fields) {
		const found = (error, address) => {
			this.holds_ = false;
			if (this.destroyed)
				return;
			if (error) {
				this.error_ = error;
				nextTick(() => this.settle_());
				return;
			}
			this.ask_(Array.isArray(address) ? address[0].address : address, fields);
			this.giveHeld_();
		};
		this.holds_ = true;
		(this.lookup_ ?? require("dns").lookup)(this.host, { family: this.family_, hints: 0 }, found);
	},

	// To C; what is looked up first, or has no place at its agent yet, keeps it back.
	give_(call, piece) {
		if (this.holds_)
			return (this.held_ ??= []).push([call, piece]) < 16;
		return this.id_ === 0 || native[call](this.id_, piece);
	},

	giveHeld_() {
		const pieces = this.held_ ?? [];
		this.held_ = undefined;
		let room = true;
		for (const [call, piece] of pieces)
			room = this.give_(call, piece) !== false && room;
		if (room && this.needDrain_)
			nextTick(() => this.emit("drain"));
		this.needDrain_ = !room;
	},

	// settings ---------------------------------------------------------------------

	setTimeout(ms, callback) {
		if (this.closed)
			return this;
		ms = checkMs("msecs", ms);
		if (callback !== undefined && callback !== null) {
			if (typeof callback !== "function")
				throw argType("callback", "of type function", callback);
			this.once("timeout", callback);
		}
		this.countTimeout_(ms);
		return this;
	},

	countTimeout_(ms) {
		this.timeoutMs_ = ms;
		if (this.id_ !== 0)
			native.clientTimeout(this.id_, ms);
	},

	clearTimeout(callback) {
		return this.setTimeout(0, callback);
	},

	setNoDelay(on) {
		this.withSocket_((socket) => socket.setNoDelay(on));
	},

	setSocketKeepAlive(on, delay) {
		this.withSocket_((socket) => socket.setKeepAlive(on, delay));
	},

	withSocket_(action) {
		if (this.socket !== null)
			action(this.socket);
		else
			this.once("socket", action);
	},

	onSocket() {},

	// the end ----------------------------------------------------------------------

	abort() {
		if (this.aborted)
			return;
		this.aborted = true;
		nextTick(() => this.emit("abort"));
		this.destroy();
	},

	destroy(error) {
		if (this.destroyed)
			return this;
		this.destroyed = true;
		this.error_ = error ?? null;
		if (this.socket === null && !this.waited_)
			return this; // onSeat_ comes, and sees it
		if (this.id_ !== 0)
			native.clientDestroy(this.id_);
		else
			nextTick(() => this.settle_());
		return this;
	},

	// C's events are nobody's any more.
	drop_() {
		if (this.id_ === 0)
			return;
		native.clientDestroy(this.id_);
		running.delete(this.id_);
		this.id_ = 0;
	},

	// Nothing of it is C's any more: what is still to be said, and `close`. A response that is whole has to be read
	// first.
	settle_() {
		const { res } = this;
		if (this.over_)
			return;
		this.over_ = true;
		this.leave_();
		if (res !== null && res.complete && !this.upgraded_)
			return;
		if (res === null && this.error_ === null && !(this.aborted && this.socket === null))
			this.error_ = hangUp();
		this.fail_();
		if (res !== null && !this.upgraded_ && !res.destroyed)
			res.broken_();
		this.emitClose_();
		if (this.flushed_.length > 0)
			nextTick(() => this.flushedAll_(this.connected_ ? hangUp() : coded(Error, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
				"Socket closed before the connection was established")));
	},

	// Its place at the agent is another's.
	leave_() {
		this.agent.leave_(this);
		const kept = this.shouldKeepAlive && this.res !== null && this.res.complete;
		if (this.seated_ !== undefined && !kept)
			this.seated_.closed_(this.error_ !== null);
	},

	// Tells why it fails, once.
	fail_() {
		if (this.error_ === null || this.failed_)
			return;
		this.failed_ = true;
		if (this.socket !== null)
			this.socket.destroyed = true;
		tell(this, "error", this.error_);
	},

	emitClose_() {
		if (this.closed)
			return;
		this.closed = true;
		this.destroyed = true;
		this.emit("close");
	},

	// as the source of its response --------------------------------------------------

	headFields_() {
		return "";
	},

	trailerFields_() {
		return this.trail_ ?? "";
	},

	bodyStart_() {
		this.bodyResume_();
		return true;
	},

	bodyPause_() {
		native.clientFlow(this.id_, false);
	},

	bodyResume_() {
		native.clientFlow(this.id_, true);
	},

	abandon_(error) {
		if (this.over_ || this.destroyed)
			return;
		this.destroy(error ?? undefined);
		nextTick(() => this.fail_());
	},

	socketOf_() {
		return this.socket;
	},
});
Object.assign(ClientRequest.prototype, require("http/client_head"), require("http/client_writing"), methods);

function property(name, get) {
	Object.defineProperty(ClientRequest.prototype, name, { configurable: true, enumerable: true, get });
}

property("connection", function () {
	return this.socket;
});
property("writable", function () {
	return !this.finished && !this.destroyed;
});
property("writableEnded", function () {
	return this.finished;
});
property("writableNeedDrain", function () {
	return this.needDrain_ && !this.finished && !this.destroyed;
});
property("writableLength", () => 0);
property("writableHighWaterMark", () => HIGH_WATER);
property("writableObjectMode", () => false);
property("writableCorked", function () {
	return this.corked_ ?? 0;
});

function request(...args) {
	return new ClientRequest(...args);
}

function get(...args) {
	const made = new ClientRequest(...args);
	made.end();
	return made;
}

module.exports = { ClientRequest, request, get };
