// net.Server: listens at an address that the master binds and all workers share.
"use strict";

const EventEmitter = require("events");
const { argType, argValue, coded, here, placeAt } = require("errors");
const { isLoading, nextTick, tell } = require("internal");
const { absolute, addressError, isIP, portOf, isPath, written, parts } = require("net/address");
const { adopt } = require("net/socket");

const EVERYWHERE = "::";
const servers = new Map(); // id: server
const leaving = new Map(); // the same of those that were closed, until eddy has let go of their addresses

function Server(options, listener) {
	if (!(this instanceof Server))
		return new Server(options, listener);
	EventEmitter.call(this);
	if (typeof options === "function")
		[listener, options] = [options, {}];
	else if (options !== undefined && options !== null && typeof options !== "object")
		throw argType("options", "of type object", options);
	options ??= {};
	for (const name of ["keepAliveInitialDelay", "highWaterMark"])
		if (options[name] !== undefined && typeof options[name] !== "number")
			throw argType(`options.${name}`, "of type number", options[name]);
	if (typeof listener === "function")
		this.on("connection", listener);
	this.allowHalfOpen = options.allowHalfOpen || false;
	this.pauseOnConnect = Boolean(options.pauseOnConnect);
	this.noDelay = Boolean(options.noDelay);
	this.keepAlive = Boolean(options.keepAlive);
	this.keepAliveInitialDelay = Math.max(Number(options.keepAliveInitialDelay) || 0, 0);
	this.highWaterMark = options.highWaterMark;
	this.maxConnections = undefined;
	this.id_ = 0; // 0: it does not listen, and does not try to
	this.at_ = undefined; // what was asked for
	this.place_ = undefined; // where in the script, if that was while it loaded
	this.listening_ = this.looking_ = false;
	this.has_ = 0; // connections
	this.held_ = 0; // addresses that are not free yet
}
Object.setPrototypeOf(Server.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Server, EventEmitter);

// (port | path | options)[, host][, backlog][, listener], or nothing.
function listenArguments(args) {
	const [first, second] = args;
	if (args.length === 0 || typeof first === "function")
		return { port: 0 };
	if (typeof first === "object" && first !== null)
		return first;
	if (isPath(first))
		return { path: first };
	return typeof second === "string" ? { port: first ?? 0, host: second } : { port: first ?? 0 };
}

// { path }, or { host, port }: what of the options is to be listened at.
function place(options) {
	if (typeof options.port === "number" || typeof options.port === "string")
		return { host: options.host, port: portOf(options.port, "options.port") };
	if (("port" in options && options.port === undefined) || options.port === null)
		return { host: options.host, port: 0 };
	if (isPath(options.path))
		return { path: options.path };
	if (!("port" in options) && !("path" in options))
		throw argValue("options", options, 'must have the property "port" or "path"');
	throw argValue("options", options);
}

Object.assign(Server.prototype, {
	listen(...args) {
		const listener = args[args.length - 1];
		const options = listenArguments(args);
		if (this.id_ !== 0 || this.looking_)
			throw coded(Error, "ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
		const at = place(options);
		if (typeof listener === "function")
			this.once("listening", listener);
		if (options.signal !== undefined)
			this.heed_(options.signal);
		this.at_ = at;
		this.place_ = isLoading() ? here() : undefined;
		if (at.path !== undefined)
			this.bind_(`unix:${absolute(at.path)}`);
		else if (!at.host || isIP(at.host) !== 0)
			this.bind_(written(at.host || EVERYWHERE, at.port));
		else
			this.lookUp_(at);
		return this;
	},

	lookUp_(at) {
		let held = false;
		this.looking_ = true;
		require("dns").lookup(at.host, (error, address) => {
			try {
				this.lookedUp_(at, error, address);
			} finally {
				if (held)
					nextTick(() => native.release()); // behind what that has begun
			}
		});
		held = isLoading() && native.hold();
	},

	lookedUp_(at, error, address) {
		if (!this.looking_)
			return;
		this.looking_ = false;
		if (error) {
			this.fail_(error);
			return;
		}
		at.host = address;
		this.bind_(written(address, at.port));
	},

	heed_(signal) {
		if (!(signal instanceof AbortSignal))
			throw argType("options.signal", "an instance of AbortSignal", signal);
		const abort = () => this.close();
		if (signal.aborted)
			return nextTick(abort);
		signal.addEventListener("abort", abort, { once: true });
		this.once("close", () => signal.removeEventListener("abort", abort));
	},

	bind_(address) {
		try {
			this.id_ = this.start_(address);
			servers.set(this.id_, this);
		} catch (error) {
			nextTick(() => this.fail_(this.errorOf_(error.code)));
		}
	},

	// It cannot listen. Where nobody listens to that the load that has asked for it is refused.
	fail_(error) {
		this.emit("error", placeAt(error, this.place_));
	},

	// Begins to listen: an id.
	start_(address) {
		return native.serverListen(address);
	},

	errorOf_(code) {
		const { path, host, port } = this.at_;
		return addressError(code, "listen", path ?? (host || EVERYWHERE), path !== undefined ? -1 : port);
	},

	on_(what, value) {
		if (what === "listening") {
			this.listening_ = true;
			this.emit("listening");
		} else if (what === "connection") {
			this.onConnection_(value);
		} else if (what === "error") {
			this.onError_(value);
		}
	},

	onConnection_(id) {
		const socket = adopt(id, { allowHalfOpen: this.allowHalfOpen, highWaterMark: this.highWaterMark });
		if (this.maxConnections && this.has_ >= this.maxConnections) {
			const { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily } = socket;
			socket.destroy();
			this.emit("drop", { localAddress, localPort, localFamily, remoteAddress, remotePort, remoteFamily });
			return;
		}
		this.has_++;
		socket.server = socket.server_ = this;
		if (this.keepAlive)
			socket.setKeepAlive(true, this.keepAliveInitialDelay);
		if (this.pauseOnConnect)
			socket.pause();
		if (tell(this, "connection", socket) === undefined)
			socket.destroy(); // nobody would read it, or see its end
		if (!this.pauseOnConnect && !socket.destroyed)
			socket.read(0);
	},

	// What it has listened at is free, unless other workers do.
	released_() {
		this.held_--;
		this.closeIfIdle_();
	},

	// One of its connections is over.
	leave_(socket) {
		socket.server_ = undefined;
		this.has_--;
		this.closeIfIdle_();
	},

	onError_(code) {
		const { host, port } = this.at_;
		servers.delete(this.id_);
		this.id_ = 0;
		// Without IPv6 "every address" is IPv4's, as in Node.
		if ((code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL") && host === undefined && port !== undefined) {
			this.at_ = { host: "0.0.0.0", port };
			nextTick(() => this.bind_(`0.0.0.0:${port}`));
			return;
		}
		this.fail_(this.errorOf_(code));
	},

	close(callback) {
		if (typeof callback === "function") {
			if (this.id_ === 0 && !this.looking_)
				this.once("close", () => callback(coded(Error, "ERR_SERVER_NOT_RUNNING", "Server is not running.")));
			else
				this.once("close", callback);
		}
		if (this.id_ !== 0) {
			servers.delete(this.id_);
			leaving.set(this.id_, this);
			this.held_++;
			native.serverClose(this.id_);
		}
		this.id_ = 0;
		this.listening_ = this.looking_ = false;
		this.closing_ = true;
		this.closeIfIdle_();
		return this;
	},

	closeIfIdle_() {
		if (!this.closing_ || this.has_ > 0 || this.held_ > 0)
			return;
		this.closing_ = false;
		nextTick(() => this.emit("close"));
	},

	address() {
		if (this.id_ !== 0 && this.listening_ && this.at_.path !== undefined)
			return this.at_.path;
		const address = this.id_ !== 0 && this.listening_ ? native.serverAddress(this.id_) : undefined;
		return address === undefined ? null : parts(address);
	},

	getConnections(callback) {
		nextTick(callback, null, this.has_);
		return this;
	},

	ref() {
		return this;
	},

	unref() {
		return this;
	},
});
// Closes it, for `await using`.
Object.defineProperty(Server.prototype, Symbol.asyncDispose, { configurable: true, writable: true, value() {
	if (this.id_ === 0 && !this.looking_)
		return Promise.resolve();
	return new Promise((resolve, reject) => {
		this.close((error) => error ? reject(error) : resolve());
	});
} });
Object.defineProperty(Server.prototype, "listening", { configurable: true, enumerable: true, get() {
	return this.listening_;
} });

function onServer(id, what, value) {
	const server = servers.get(id);
	if (server !== undefined) {
		server.on_(what, value, id);
	} else if (what === "connection") { // it was closed meanwhile
		adopt(value).destroy();
	} else if (what === "close" && leaving.has(id)) {
		const left = leaving.get(id);
		leaving.delete(id);
		left.released_();
	}
}

module.exports = { Server, onServer, servers };
