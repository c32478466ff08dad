// http.Server, and who answers a request: a server of the script's own, or the handler that it exports.
// Connections are eddy's, so that a server hears of requests and not of what they come on: there are no
// events 'connection', 'clientError' and 'dropRequest'.
"use strict";

const net = require("net");
const { servers } = require("net/server");
const { IncomingMessage } = require("http/incoming");
const { ServerResponse, keep, detach, limit } = require("http/response");
const { argType, outOfRange } = require("errors");
const { nextTick, tell, uncaught, exiting } = require("internal");

const KEEP_ALIVE_MS = 5000, HEADERS_MS = 60000, REQUEST_MS = 300000, CHECKING_MS = 30000; // Node's; eddy has its conf's

let handler;

function checkMs(options, name, fallback) {
	const value = options[name];
	if (value === undefined)
		return fallback;
	if (typeof value !== "number")
		throw argType(name, "of type number", value);
	if (!Number.isInteger(value))
		throw outOfRange(name, "an integer", value);
	if (value < 0)
		throw outOfRange(name, ">= 0 && <= 9007199254740991", value);
	return value;
}

function checkFlags(options) {
	for (const name of ["insecureHTTPParser", "requireHostHeader", "joinDuplicateHeaders", "rejectNonStandardBodyWrites"])
		if (options[name] !== undefined && typeof options[name] !== "boolean")
			throw argType(`options.${name}`, "of type boolean", options[name]);
}

function Server(options, listener) {
	if (!(this instanceof Server))
		return new Server(options, listener);
	if (typeof options === "function")
		[listener, options] = [options, {}];
	else if (options !== undefined && options !== null && (typeof options !== "object" || Array.isArray(options)))
		throw argType("options", "of type object", options);
	options ??= {};
	net.Server.call(this, { allowHalfOpen: true, highWaterMark: options.highWaterMark });
	checkMs(options, "maxHeaderSize");
	checkFlags(options);
	this.IncomingMessage_ = options.IncomingMessage || IncomingMessage;
	this.ServerResponse_ = options.ServerResponse || ServerResponse;
	this.requestTimeout = checkMs(options, "requestTimeout", REQUEST_MS);
	this.headersTimeout = checkMs(options, "headersTimeout",
		this.requestTimeout > 0 ? Math.min(HEADERS_MS, this.requestTimeout) : HEADERS_MS);
	if (this.requestTimeout > 0 && this.headersTimeout > this.requestTimeout)
		throw outOfRange("headersTimeout", "<= requestTimeout", options.headersTimeout);
	this.keepAliveTimeout = checkMs(options, "keepAliveTimeout", KEEP_ALIVE_MS);
	this.connectionsCheckingInterval = checkMs(options, "connectionsCheckingInterval", CHECKING_MS);
	this.rejectsBody_ = options.rejectNonStandardBodyWrites === true;
	this.joinDuplicateHeaders = options.joinDuplicateHeaders;
	this.timeout = 0;
	this.maxHeadersCount = null;
	this.maxRequestsPerSocket = 0;
	this.handle_ = 0; // its id until its last connection has closed
	if (listener)
		this.on("request", listener);
}
Object.setPrototypeOf(Server.prototype, net.Server.prototype);
Object.setPrototypeOf(Server, net.Server);

Object.assign(Server.prototype, {
	// What the script has not changed, the conf's http { } decides.
	start_(address) {
		this.handle_ = native.serverListen(address, this.keepAliveTimeout === KEEP_ALIVE_MS ? 0 : this.keepAliveTimeout,
			this.headersTimeout === HEADERS_MS ? 0 : this.headersTimeout);
		return this.handle_;
	},

	// It is over when eddy has closed the last of its connections.
	close(callback) {
		if (this.id_ === 0)
			return net.Server.prototype.close.call(this, callback);
		if (typeof callback === "function")
			this.once("close", callback);
		native.serverClose(this.id_);
		this.id_ = 0;
		this.listening_ = false;
		return this;
	},

	on_(what, value, id) {
		if (what !== "close") {
			net.Server.prototype.on_.call(this, what, value);
			return;
		}
		servers.delete(id);
		if (this.handle_ === id)
			this.handle_ = 0; // else it listens again
		if (this.id_ === id) { // the worker leaves
			this.id_ = 0;
			this.listening_ = false;
		}
		this.emit("close");
	},

	setTimeout(ms, callback) {
		this.timeout = ms;
		if (typeof callback === "function")
			this.on("timeout", callback);
		return this;
	},

	closeIdleConnections() {
		native.serverCut(this.handle_, false);
	},

	closeAllConnections() {
		native.serverCut(this.handle_, true);
	},

	getConnections(callback) {
		nextTick(callback, null, native.serverConnections(this.handle_));
		return this;
	},
});

// requests -----------------------------------------------------------------------------

// A handler that has thrown, or whose promise was rejected: the client is told, if it still can be.
function answerFailure(res, error) {
	if (error !== exiting)
		uncaught(error);
	res.giveUp_();
}

// Calls the listeners of an event; the promises that async ones return are heeded, too.
function callAll(server, listeners, req, res) {
	for (const listener of typeof listeners === "function" ? [listeners] : [...listeners])
		heed(listener.call(server, req, res), res);
}

// The failure of an async handler is answered as that of another.
function heed(result, res) {
	if (result !== undefined && result !== null && typeof result.then === "function")
		result.then(undefined, (error) => answerFailure(res, error));
}

// What Node would give to another event than 'request'. True: it has been given.
function elsewhere(server, events, req, res) {
	const upgrades = req.method === "CONNECT" ? "connect"
		: events.upgrade !== undefined && /\bupgrade\b/i.test(req.headers.connection) && req.headers.upgrade !== undefined
			? "upgrade" : undefined;
	if (upgrades !== undefined) {
		req.upgrade = true;
		const socket = detach(res, server);
		if (socket === undefined || events[upgrades] === undefined)
			(socket ?? res).destroy();
		else if (tell(server, upgrades, req, socket, Buffer.alloc(0)) === undefined)
			socket.destroy();
		return true;
	}
	if (events.checkContinue === undefined || !/^100-continue$/i.test(req.headers.expect))
		return false;
	callAll(server, events.checkContinue, req, res);
	return true;
}

function serve(server, req, res) {
	const events = server._events;
	if (server.timeout > 0)
		limit(res, server.timeout);
	if ((events.upgrade !== undefined || events.checkContinue !== undefined || req.method === "CONNECT") &&
		elsewhere(server, events, req, res))
		return;
	const listeners = events.request;
	if (typeof listeners === "function")
		heed(listeners.call(server, req, res), res);
	else if (listeners !== undefined)
		callAll(server, listeners, req, res);
}

function onRequest(id, method, url, minor, fields, serverId) {
	const server = serverId === 0 ? undefined : servers.get(serverId);
	let req, res;
	try { // the classes may be the script's
		req = server === undefined ? new IncomingMessage() : new server.IncomingMessage_();
		res = server === undefined ? new ServerResponse(req) : new server.ServerResponse_(req);
	} catch (error) {
		uncaught(error);
		native.responseSend(id, 500, undefined, undefined, undefined, false);
		return;
	}
	req.method = method;
	req.url = url;
	if (minor !== 1) {
		req.httpVersionMinor = minor;
		req.httpVersion = `1.${minor}`;
	}
	req.fields_ = fields;
	req.source_ = res;
	res.id_ = id;
	try {
		if (server === undefined) {
			heed(handler(req, res), res);
		} else {
			res.server_ = server;
			if (server.joinDuplicateHeaders)
				req.joinDuplicateHeaders = true;
			serve(server, req, res);
		}
	} catch (error) {
		answerFailure(res, error);
	}
	keep(res);
}

module.exports = { Server, createServer: (options, listener) => new Server(options, listener), onRequest,
	setHandler: (f) => {
		handler = f;
	} };
