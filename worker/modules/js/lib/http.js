// http: the requests that routes bring, as Node's IncomingMessage and ServerResponse.
"use strict";

const { Readable, Stream } = require("stream");
const { argType, coded } = require("errors");
const { nextTick, uncaught, exiting } = require("internal");

const STATUS_CODES = {
	100: "Continue", 101: "Switching Protocols", 102: "Processing", 103: "Early Hints", 200: "OK", 201: "Created",
	202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content", 205: "Reset Content",
	206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used", 300: "Multiple Choices",
	301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 305: "Use Proxy",
	307: "Temporary Redirect", 308: "Permanent Redirect", 400: "Bad Request", 401: "Unauthorized",
	402: "Payment Required", 403: "Forbidden", 404: "Not Found", 405: "Method Not Allowed", 406: "Not Acceptable",
	407: "Proxy Authentication Required", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
	411: "Length Required", 412: "Precondition Failed", 413: "Payload Too Large", 414: "URI Too Long",
	415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed", 418: "I'm a Teapot",
	421: "Misdirected Request", 422: "Unprocessable Entity", 423: "Locked", 424: "Failed Dependency",
	425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
	431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons", 500: "Internal Server Error",
	501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
	505: "HTTP Version Not Supported", 506: "Variant Also Negotiates", 507: "Insufficient Storage",
	508: "Loop Detected", 509: "Bandwidth Limit Exceeded", 510: "Not Extended",
	511: "Network Authentication Required",
};
const METHODS = ["ACL", "BIND", "CHECKOUT", "CONNECT", "COPY", "DELETE", "GET", "HEAD", "LINK", "LOCK", "M-SEARCH",
	"MERGE", "MKACTIVITY", "MKCALENDAR", "MKCOL", "MOVE", "NOTIFY", "OPTIONS", "PATCH", "POST", "PROPFIND",
	"PROPPATCH", "PURGE", "PUT", "REBIND", "REPORT", "SEARCH", "SOURCE", "SUBSCRIBE", "TRACE", "UNBIND", "UNLINK",
	"UNLOCK", "UNSUBSCRIBE"];
// Fields of which only the first counts; all others are joined.
const ONCE = new Set(["age", "authorization", "content-length", "content-type", "etag", "expires", "from", "host",
	"if-modified-since", "if-unmodified-since", "last-modified", "location", "max-forwards", "proxy-authorization",
	"referer", "retry-after", "server", "user-agent"]);
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
// eslint-disable-next-line no-control-regex
const BAD_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

let handler;
const exchanges = new Map(); // id: the response of an exchange that goes on after its handler has returned

// request ------------------------------------------------------------------------------

class IncomingMessage extends Readable {
	constructor(id, method, url, minor) {
		super();
		this.method = method;
		this.url = url;
		this.httpVersionMajor = 1;
		this.httpVersionMinor = minor;
		this.httpVersion = minor === 1 ? "1.1" : "1.0";
		this.complete = false;
		this.aborted = false;
		this.id_ = id;
		this.fields_ = undefined;
		this.headers_ = undefined;
		this.socket_ = undefined;
		this.response_ = undefined;
		this.reading_ = false;
	}

	get rawHeaders() {
		if (this.fields_ === undefined)
			this.keepHead_();
		if (typeof this.fields_ === "string") {
			this.fields_ = this.fields_.split("\0");
			this.fields_.pop();
		}
		return this.fields_;
	}

	get headers() {
		if (this.headers_ === undefined)
			this.headers_ = joined(this.rawHeaders);
		return this.headers_;
	}

	set headers(value) {
		this.headers_ = value;
	}

	get headersDistinct() {
		const out = Object.create(null), raw = this.rawHeaders;
		for (let i = 0; i < raw.length; i += 2)
			(out[raw[i].toLowerCase()] ??= []).push(raw[i + 1]);
		return out;
	}

	get trailers() {
		return {};
	}

	get rawTrailers() {
		return [];
	}

	get socket() {
		this.socket_ ??= { remoteAddress: native.requestAddress(this.id_), encrypted: false,
			destroy: () => this.destroy(), setTimeout() {}, setNoDelay() {}, setKeepAlive() {} };
		return this.socket_;
	}

	get connection() {
		return this.socket;
	}

	// The head is eddy's, and goes with the answer: what may still be asked for is kept.
	keepHead_() {
		if (this.fields_ === undefined)
			this.fields_ = native.requestFields(this.id_) ?? "";
	}

	setTimeout(ms, callback) {
		void ms;
		void callback;
		return this;
	}

	_read() {
		if (this.reading_) {
			native.requestResume(this.id_);
			return;
		}
		this.reading_ = true;
		this.response_.watch_();
		if (!native.requestRead(this.id_))
			this.destroy(reset());
	}

	_destroy(error, callback) {
		if (!this.readableEnded && this.reading_ && !this.complete) {
			this.aborted = true;
			if (!this.response_.writableEnded)
				native.responseDestroy(this.id_);
		}
		nextTick(callback, error);
	}

	onBody_(what, piece) {
		if (what === "data") {
			if (!this.push(Buffer.from(piece)))
				native.requestPause(this.id_);
		} else if (what === "end") {
			this.complete = true;
			this.push(null);
		} else {
			this.aborted = true;
			this.emit("aborted");
			if (this.listenerCount("error") > 0)
				this.destroy(reset());
			else
				this.destroy();
		}
	}
}

function reset() {
	const error = new Error("aborted");
	error.code = "ECONNRESET";
	return error;
}

function joined(raw) {
	const headers = {};
	for (let i = 0; i < raw.length; i += 2) {
		const name = raw[i].toLowerCase(), value = raw[i + 1], before = headers[name];
		if (name === "set-cookie") {
			if (before === undefined)
				headers[name] = [value];
			else
				before.push(value);
		} else if (before === undefined) {
			headers[name] = value;
		} else if (!ONCE.has(name)) {
			headers[name] = `${before}${name === "cookie" ? "; " : ", "}${value}`;
		}
	}
	return headers;
}

// response -----------------------------------------------------------------------------

function checkName(name) {
	if (typeof name !== "string" || !TOKEN.test(name))
		throw coded(TypeError, "ERR_INVALID_HTTP_TOKEN", `Header name must be a valid HTTP token ["${name}"]`);
}

function checkValue(name, value) {
	if (value === undefined)
		throw coded(TypeError, "ERR_HTTP_INVALID_HEADER_VALUE", `Invalid value "${value}" for header "${name}"`);
	for (const one of Array.isArray(value) ? value : [value])
		if (BAD_VALUE.test(String(one)))
			throw coded(TypeError, "ERR_INVALID_CHAR", `Invalid character in header content ["${name}"]`);
}

function sent(what) {
	return coded(Error, "ERR_HTTP_HEADERS_SENT", `Cannot ${what} headers after they are sent to the client`);
}

// One string for C. Framing is eddy's: of Connection it takes "close".
function packed(headers) {
	let text = "";
	for (const [lower, [name, value]] of headers) {
		if (lower === "transfer-encoding" || lower === "keep-alive")
			continue;
		if (lower === "connection" && String(value).toLowerCase() !== "close")
			continue;
		if (Array.isArray(value))
			for (const one of value)
				text += `${name}\0${one}\0`;
		else
			text += `${name}\0${value}\0`;
	}
	return text;
}

class ServerResponse extends Stream {
	constructor(req) {
		super();
		this.statusCode = 200;
		this.statusMessage = undefined;
		this.sendDate = true;
		this.finished = false;
		this.destroyed = false;
		this.closed = false;
		this.writableFinished = false;
		this.errored = null;
		this.req = req;
		this.id_ = req.id_;
		this.headers_ = undefined;
		this.headSent_ = false;
		this.watched_ = false;
		this.over_ = false;
		this.needDrain_ = false;
		this.ends_ = undefined;
		this.corked_ = 0;
		req.response_ = this;
	}

	get headersSent() {
		return this.headSent_;
	}

	get writableEnded() {
		return this.finished;
	}

	get writable() {
		return !this.finished && !this.destroyed;
	}

	get writableNeedDrain() {
		return this.needDrain_ && !this.finished && !this.destroyed;
	}

	get writableLength() {
		return 0;
	}

	get writableHighWaterMark() {
		return 65536;
	}

	get writableObjectMode() {
		return false;
	}

	get socket() {
		return this.closed ? null : this.req.socket;
	}

	get connection() {
		return this.socket;
	}

	setHeader(name, value) {
		if (this.headSent_)
			throw sent("set");
		checkName(name);
		checkValue(name, value);
		(this.headers_ ??= new Map()).set(name.toLowerCase(), [name, value]);
		return this;
	}

	setHeaders(headers) {
		for (const [name, value] of headers)
			this.setHeader(name, value);
		return this;
	}

	appendHeader(name, value) {
		if (this.headSent_)
			throw sent("append");
		checkName(name);
		checkValue(name, value);
		const before = this.headers_ && this.headers_.get(name.toLowerCase());
		return this.setHeader(before ? before[0] : name, before === undefined ? value : [before[1], value].flat());
	}

	getHeader(name) {
		if (typeof name !== "string")
			throw argType("name", "of type string", name);
		const found = this.headers_ && this.headers_.get(name.toLowerCase());
		return found && found[1];
	}

	hasHeader(name) {
		if (typeof name !== "string")
			throw argType("name", "of type string", name);
		return this.headers_ !== undefined && this.headers_.has(name.toLowerCase());
	}

	removeHeader(name) {
		if (typeof name !== "string")
			throw argType("name", "of type string", name);
		if (this.headSent_)
			throw sent("remove");
		if (this.headers_)
			this.headers_.delete(name.toLowerCase());
	}

	getHeaderNames() {
		return this.headers_ ? [...this.headers_.keys()] : [];
	}

	getRawHeaderNames() {
		return this.headers_ ? [...this.headers_.values()].map(([name]) => name) : [];
	}

	getHeaders() {
		const out = Object.create(null);
		for (const [lower, [, value]] of this.headers_ ?? [])
			out[lower] = value;
		return out;
	}

	writeHead(status, reason, headers) {
		if (this.headSent_)
			throw sent("write");
		if (typeof reason === "string")
			this.statusMessage = reason;
		else
			headers ??= reason;
		const code = status | 0;
		if (code < 100 || code > 999)
			throw coded(RangeError, "ERR_HTTP_INVALID_STATUS_CODE", `Invalid status code: ${status}`);
		this.statusCode = code;
		if (Array.isArray(headers)) {
			const flat = headers.flat();
			for (let i = 0; i < flat.length; i += 2)
				this.appendHeader(flat[i], flat[i + 1]);
		} else if (headers) {
			for (const name of Object.keys(headers))
				this.setHeader(name, headers[name]);
		}
		this.headSent_ = true;
		return this;
	}

	writeContinue(callback) {
		if (callback)
			nextTick(callback);
	}

	// Gives the head to C, which sends it with what comes first.
	putHead_() {
		if (this.over_)
			return;
		this.over_ = true;
		this.headSent_ = true;
		native.responseHead(this.id_, this.statusCode, this.statusMessage, this.headers_ && packed(this.headers_));
	}

	// From now on its events are wanted: C keeps the exchange until its close.
	watch_() {
		if (this.watched_)
			return;
		this.watched_ = true;
		if (native.responseWatch(this.id_))
			exchanges.set(this.id_, this);
		else
			nextTick(() => this.onClose_());
	}

	flushHeaders() {
		this.watch_();
		this.putHead_();
		native.responseFlush(this.id_);
	}

	write(piece, encoding, callback) {
		if (typeof encoding === "function") {
			callback = encoding;
			encoding = undefined;
		}
		if (piece === null)
			throw coded(TypeError, "ERR_STREAM_NULL_VALUES", "May not write null values to stream");
		piece = asBytes(piece, encoding);
		if (this.finished || this.destroyed) {
			const error = this.finished ? coded(Error, "ERR_STREAM_WRITE_AFTER_END", "write after end")
				: coded(Error, "ERR_STREAM_DESTROYED", "Cannot call write after a stream was destroyed");
			nextTick(() => {
				if (callback)
					callback(error);
				if (this.finished && !this.destroyed)
					this.emit("error", error);
			});
			return false;
		}
		this.watch_();
		this.putHead_();
		const room = piece.length === 0 || native.responseWrite(this.id_, piece);
		if (!room)
			this.needDrain_ = true;
		if (callback)
			nextTick(callback);
		return room;
	}

	end(piece, encoding, callback) {
		if (typeof piece === "function") {
			callback = piece;
			piece = undefined;
		} else if (typeof encoding === "function") {
			callback = encoding;
			encoding = undefined;
		}
		if (piece !== undefined && piece !== null)
			piece = asBytes(piece, encoding);
		else
			piece = undefined;
		if (this.finished) {
			if (typeof callback === "function")
				nextTick(callback, coded(Error, this.writableFinished ? "ERR_STREAM_ALREADY_FINISHED" : "ERR_STREAM_WRITE_AFTER_END",
					this.writableFinished ? "Cannot call end after a stream was finished" : "write after end"));
			return this;
		}
		if (typeof callback === "function")
			this.once("finish", callback);
		this.finished = true;
		if (this._eventsCount > 0)
			this.watch_();
		this.req.keepHead_();
		if (this.over_) {
			native.responseEnd(this.id_, piece);
		} else {
			this.over_ = true;
			this.headSent_ = true;
			native.responseSend(this.id_, this.statusCode, this.statusMessage,
				this.headers_ && packed(this.headers_), piece, this.watched_);
		}
		return this;
	}

	addTrailers(trailers) {
		let text = "";
		for (const [name, value] of Array.isArray(trailers) ? trailers : Object.entries(trailers)) {
			checkName(name);
			checkValue(name, value);
			text += `${name}\0${value}\0`;
		}
		native.responseTrailers(this.id_, text);
	}

	cork() {
		this.corked_++;
	}

	uncork() {
		this.corked_--;
	}

	setTimeout(ms, callback) {
		if (callback)
			this.on("timeout", callback);
		return this;
	}

	destroy(error) {
		if (this.destroyed)
			return this;
		this.destroyed = true;
		this.errored = error ?? null;
		this.watch_();
		native.responseDestroy(this.id_);
		if (error)
			nextTick(() => this.emit("error", error));
		return this;
	}

	pipe() {
		this.emit("error", coded(Error, "ERR_STREAM_CANNOT_PIPE", "Cannot pipe, not readable"));
	}

	assignSocket() {}

	detachSocket() {}

	onDrain_() {
		this.needDrain_ = false;
		this.emit("drain");
	}

	onFinish_() {
		this.writableFinished = true;
		this.emit("prefinish");
		this.emit("finish");
	}

	onClose_() {
		if (this.closed)
			return;
		exchanges.delete(this.id_);
		this.closed = true;
		this.destroyed = true;
		if (!this.req.complete && this.req.reading_ && !this.req.destroyed)
			this.req.destroy(this.req.listenerCount("error") > 0 ? reset() : undefined);
		else if (!this.req.destroyed)
			this.req.destroy();
		this.emit("close");
	}
}

function asBytes(piece, encoding) {
	if (typeof piece === "string")
		return encoding === undefined || encoding === null || /^utf-?8$/i.test(encoding) ? piece : Buffer.from(piece, encoding);
	if (!(piece instanceof Uint8Array))
		throw argType("chunk", "of type string or an instance of Buffer or Uint8Array", piece);
	return piece;
}

// events of C --------------------------------------------------------------------------

function answerFailure(res, error) {
	if (error !== exiting)
		uncaught(error);
	if (res.finished || res.destroyed)
		return;
	if (!res.over_) {
		res.headers_ = new Map([["content-type", ["Content-Type", "text/plain; charset=utf-8"]]]);
		res.statusCode = 500;
		res.statusMessage = undefined;
		res.end("Internal Server Error\n");
	} else {
		res.destroy();
	}
}

function onRequest(id, method, url, minor) {
	const req = new IncomingMessage(id, method, url, minor);
	const res = new ServerResponse(req);
	try {
		const result = handler(req, res);
		if (result !== null && typeof result === "object" && typeof result.then === "function")
			result.then(undefined, (error) => answerFailure(res, error));
	} catch (error) {
		answerFailure(res, error);
	}
	if (!res.finished)
		res.watch_();
}

function onBody(id, what, piece) {
	const res = exchanges.get(id);
	if (res !== undefined)
		res.req.onBody_(what, piece);
}

function onResponse(id, what) {
	const res = exchanges.get(id);
	if (res === undefined)
		return;
	if (what === "drain")
		res.onDrain_();
	else if (what === "finish")
		res.onFinish_();
	else
		res.onClose_();
}

function validateHeaderName(name) {
	checkName(name);
}

function validateHeaderValue(name, value) {
	checkValue(name, value);
}

function notOffered(what) {
	return () => {
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED",
			`${what} is not offered by eddy yet: export the handler (module.exports = (req, res) => { … }) ` +
			"and mount it by a route of the conf");
	};
}

module.exports = { STATUS_CODES, METHODS, IncomingMessage, ServerResponse, validateHeaderName, validateHeaderValue,
	maxHeaderSize: 16384, createServer: notOffered("http.createServer()"), request: notOffered("http.request()"),
	get: notOffered("http.get()") };
for (const [name, value] of Object.entries({ onRequest, onBody, onResponse, setHandler: (f) => {
	handler = f;
} }))
	Object.defineProperty(module.exports, name, { value });
