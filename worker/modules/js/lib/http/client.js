// http.request: requests to other servers, over eddy's client. A request leaves with its first write, its end
// or its flush: until then its head can change, and nothing of it is C's.
"use strict";

const { argType, coded } = require("errors");
const { nextTick, tell, uncaught } = require("internal");
const { IncomingMessage } = require("http/incoming");
const { hangUp, lookupError, errorOf } = require("http/client_errors");
const { gathered, checkHost, checkOption, agentOf, methodOf, hostHeader, valuesOf } = require("http/client_options");
const { makeResponse } = require("http/client_response");
const { OutgoingMessage, checkName, textOf, asBytes } = require("http/outgoing");
const { ClientSocket, checkMs } = require("http/client_socket");
const net = require("net");

const BAD_PATH = /[^\u0021-\u00ff]/;
// Methods whose body, if they have one, is not announced where nothing is said.
const BODILESS = new Set(["GET", "HEAD", "DELETE", "OPTIONS", "TRACE", "CONNECT"]);
const HIGH_WATER = 65536; // of eddy's

const running = new Map(); // id: request

// request ------------------------------------------------------------------------------

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
	this.seated_ = this.trail_ = undefined;
	this.flushed_ = []; // callbacks of writes, which are owed until the bytes are on their way
	this.needDrain_ = this.over_ = this.failed_ = false;
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
	checkTarget_(options) {
		const protocol = options.protocol || this.agent.protocol || "http:", expected = this.agent.protocol || "http:";
		if (options.path && BAD_PATH.test(String(options.path)))
			throw coded(TypeError, "ERR_UNESCAPED_CHARACTERS", "Request path contains unescaped characters");
		if (protocol !== expected)
			throw coded(TypeError, "ERR_INVALID_PROTOCOL", `Protocol "${protocol}" not supported. Expected "${expected}"`);
		this.defaultPort_ = options.defaultPort || this.agent.defaultPort || 80;
		this.port_ = options.port = options.port || this.defaultPort_;
		this.host = options.host = checkHost("hostname", options.hostname) || checkHost("host", options.host) || "localhost";
		this.protocol = protocol;
		this.socketPath = options.socketPath;
		if (this.socketPath)
			return;
		net.portOf(options.port);
		for (const name of ["localAddress", "localPort"])
			if (options[name] !== undefined)
				throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED",
					`options.${name}: the address that requests leave from is the system's choice in eddy`);
	},

	checkRest_(options) {
		const timeout = options.timeout ?? this.agent.options?.timeout;
		this.timeout = timeout === undefined ? undefined : checkMs("timeout", timeout);
		this.timeoutMs_ = this.timeout ?? 0;
		checkOption(options, "insecureHTTPParser", "boolean");
		checkOption(options, "maxHeaderSize", "number", "maxHeaderSize");
		checkOption(options, "joinDuplicateHeaders", "boolean");
		if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
			throw argType("signal", "an instance of AbortSignal", options.signal);
		if (options.lookup !== undefined && options.lookup !== null && typeof options.lookup !== "function")
			throw argType("options.lookup", "of type function", options.lookup);
		this.family_ = options.family === 4 || options.family === 6 ? options.family : 0;
		this.lookup_ = options.lookup ?? undefined;
	},

	putHeaders_({ headers, auth, setHost, port }) {
		if (Array.isArray(headers)) {
			const flat = headers.flat();
			for (let i = 0; i < flat.length; i += 2)
				this.appendHeader(flat[i], flat[i + 1]);
		} else {
			for (const name of Object.keys(headers ?? {}))
				this.setHeader(name, headers[name]);
		}
		if (this.host && !this.hasHeader("host") && setHost !== false)
			this.setHeader("Host", hostHeader(this.host, port, this.defaultPort_));
		if (auth && !this.hasHeader("Authorization"))
			this.setHeader("Authorization", `Basic ${Buffer.from(auth).toString("base64")}`);
	},

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

	// the head ---------------------------------------------------------------------

	// All header fields as C takes them; `length` is the body's, if it is known.
	packed_(length) {
		let text = "";
		const fields = this.fields_ ?? [];
		for (let i = 0; i < fields.length; i += 3)
			for (const value of valuesOf(fields[i], fields[i + 2]))
				text += `${fields[i + 1]}\0${textOf(fields[i + 1], value)}\0`;
		if (!this.hasHeader("connection"))
			text += `Connection\0${this.shouldKeepAlive ? "keep-alive" : "close"}\0`;
		if (this.hasHeader("content-length") || this.hasHeader("transfer-encoding"))
			return text;
		if (length === undefined)
			return text + (this.useChunkedEncodingByDefault || this.written_ ? "Transfer-Encoding\0chunked\0" : "");
		return text + (this.useChunkedEncodingByDefault || length > 0 ? `Content-Length\0${length}\0` : "");
	},

	// The head leaves now, or is C's until there is a connection.
	begin_(length) {
		if (this.headSent_ || this.destroyed)
			return;
		const fields = this.packed_(length);
		this.headSent_ = true;
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
		this.id_ = native.clientRequest(`http://${this.socketPath ? "localhost" : ascii}:${this.port_}`, this.method, this.path,
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
			this.looking_ = undefined;
			if (this.destroyed)
				return;
			if (error) {
				this.error_ = error;
				nextTick(() => this.settle_());
				return;
			}
			this.ask_(Array.isArray(address) ? address[0].address : address, fields);
			const pieces = this.held_ ?? [];
			this.held_ = undefined;
			let room = true;
			for (const [call, piece] of pieces)
				room = native[call](this.id_, piece) !== false && room;
			if (room && this.needDrain_)
				nextTick(() => this.emit("drain"));
			this.needDrain_ = !room;
		};
		this.looking_ = true;
		(this.lookup_ ?? require("dns").lookup)(this.host, { family: this.family_, hints: 0 }, found);
	},

	// To C; what is looked up first keeps it back.
	give_(call, piece) {
		if (this.looking_)
			return (this.held_ ??= []).push([call, piece]) < 16;
		return this.id_ === 0 || native[call](this.id_, piece);
	},

	// writing ----------------------------------------------------------------------

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
		if (this.id_ !== 0 || this.looking_)
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

	// events of C ------------------------------------------------------------------

	on_(what, value, more) {
		switch (what) {
		case "connect":
			this.onConnect_(value);
			return;
		case "response":
			this.onResponse_(value);
			return;
		case "data":
			this.res.piece_(value);
			return;
		case "end":
			this.trail_ = value;
			this.res.whole_();
			return;
		case "information":
			this.onInformation_(value);
			return;
		case "upgrade":
			this.onUpgrade_(value, more);
			return;
		case "drain":
			this.needDrain_ = false;
			this.flushedAll_();
			this.emit("drain");
			return;
		case "finish":
			this.onFinish_();
			return;
		case "timeout":
			this.onTimeout_();
			return;
		case "error":
			this.onError_(value, more);
			return;
		default:
			running.delete(this.id_);
			this.id_ = 0;
			this.settle_();
		}
	},

	onConnect_(reused) {
		if (this.destroyed)
			return;
		this.reusedSocket = reused && !this.waited_;
		this.connected_ = true;
		this.sit_();
		this.socket.connected_();
		if (!this.needDrain_)
			this.flushedAll_();
	},

	onFinish_() {
		this.flushedAll_();
		this.writableFinished = true;
		this.emit("finish");
	},

	onTimeout_() {
		this.emit("timeout");
		if (this.socket !== null)
			this.socket.emit("timeout");
		if (this.res !== null)
			this.res.emit("timeout");
	},

	onResponse_(head) {
		const res = makeResponse(this, head);
		this.res = res;
		if (this.destroyed)
			return;
		res.once("end", () => this.onResponseEnd_());
		res.once("close", () => this.over_ && this.emitClose_());
		const heard = this.aborted ? false : tell(this, "response", res);
		if (heard === false || (heard === undefined && res.readableFlowing === null))
			res.resume(); // else its connection would wait for ever
	},

	onResponseEnd_() {
		const over = () => {
			this.emitClose_();
			this.leave_();
		};
		if (this.shouldKeepAlive && !/\bclose\b/i.test(this.res.headers.connection ?? ""))
			nextTick(over);
		else
			require("timers").setImmediate(over);
	},

	onInformation_([statusCode, statusMessage, minor, fields]) {
		if (statusCode === 100)
			this.emit("continue");
		const { rawHeaders, headers } = makeResponse(this, [statusCode, statusMessage, minor, fields]);
		this.emit("information", { statusCode, statusMessage, httpVersion: `1.${minor}`, httpVersionMajor: 1,
			httpVersionMinor: minor, headers, rawHeaders });
	},

	onUpgrade_(head, id) {
		const name = this.method === "CONNECT" ? "connect" : "upgrade";
		const res = makeResponse(this, head), socket = net.adopt(id);
		this.res = res;
		res.upgrade = true;
		res.socket = this.socket = socket;
		this.upgraded_ = true;
		if (tell(this, name, res, socket, Buffer.alloc(0)))
			socket.read(0);
		else
			socket.destroy();
		this.emitClose_();
	},

	onError_(code, text) {
		if (this.destroyed) // by the script, which has said why
			return;
		// A server that leaves amid its answer, by FIN or by RST, is the response's to tell.
		if (this.res === null || (code !== "EABORTED" && code !== "ECONNRESET"))
			this.error_ = errorOf(this, code, text, this.res !== null);
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

// --------------------------------------------------------------------------------------

function onEvent(id, what, value, more) {
	const request = running.get(id);
	if (request !== undefined)
		request.on_(what, value, more);
}

function request(...args) {
	return new ClientRequest(...args);
}

function get(...args) {
	const made = new ClientRequest(...args);
	made.end();
	return made;
}

module.exports = { ClientRequest, request, get, onEvent };
