// net: sockets and servers over eddy's, which the master binds and all workers share.
"use strict";

const { Duplex } = require("stream");
const EventEmitter = require("events");
const { argType, coded, outOfRange } = require("errors");
const { nextTick, uncaught } = require("internal");

const ERRNO = { EADDRINUSE: -98, EADDRNOTAVAIL: -99, EACCES: -13, ECONNREFUSED: -111, ECONNRESET: -104, ETIMEDOUT: -110,
	EHOSTUNREACH: -113, ENETUNREACH: -101, ENOENT: -2, EPIPE: -32, EINVAL: -22, ENOTFOUND: -3008, ECANCELED: -125 };
const WORDS = { EADDRINUSE: "address already in use", EADDRNOTAVAIL: "address not available", EACCES: "permission denied" };

let handler; // of connections that a listen of the conf brings
const sockets = new Map(), servers = new Map();

function systemError(code, syscall, more, where) {
	const words = syscall === "listen" && WORDS[code] ? `: ${WORDS[code]}` : "";
	const error = new Error(`${syscall} ${code}${words}${where === undefined ? "" : ` ${where}`}`);
	return Object.assign(error, { errno: ERRNO[code] ?? -1, code, syscall }, more);
}

// addresses ----------------------------------------------------------------------------

function isIPv4(text) {
	const parts = String(text).split(".");
	return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && part <= 255);
}

function isIPv6(text) {
	text = String(text).replace(/%[0-9a-zA-Z.-]+$/, "");
	const tail = text.slice(text.lastIndexOf(":") + 1);
	if (tail.includes(".")) {
		if (!isIPv4(tail))
			return false;
		text = text.slice(0, -tail.length) + "0:0";
	}
	const halves = text.split("::");
	if (halves.length > 2 || !text.includes(":"))
		return false;
	const groups = halves.flatMap((half) => half === "" ? [] : half.split(":"));
	return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) && (halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

function isIP(text) {
	return isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0;
}

function portOf(value, name = "Port") {
	const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
	if (typeof number !== "number" || !Number.isInteger(number) || number < 0 || number > 65535)
		throw coded(RangeError, "ERR_SOCKET_BAD_PORT", `${name} should be >= 0 and < 65536. Received ` +
			(typeof value === "number" ? `type number (${value}).` : `type ${typeof value} (${require("inspect").inspect(value)}).`));
	return number;
}

function written(host, port) {
	return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function parts(address) {
	if (address.startsWith("unix:"))
		return address.slice(5);
	const at = address.lastIndexOf(":");
	const host = address.slice(0, at).replace(/^\[|\]$/g, "");
	return { address: host, family: isIPv6(host) ? "IPv6" : "IPv4", port: Number(address.slice(at + 1)) };
}

// socket -------------------------------------------------------------------------------

class Socket extends Duplex {
	constructor(options) {
		super({ allowHalfOpen: !!(options && options.allowHalfOpen), decodeStrings: false });
		this.connecting = false;
		this.bytesRead = 0;
		this.bytesWritten = 0;
		this.timeout = 0;
		hide(this, "id_", 0);
		hide(this, "addresses_", undefined);
		hide(this, "room_", undefined);
		hide(this, "final_", undefined);
		hide(this, "server_", undefined);
		hide(this, "closing_", undefined);
		hide(this, "failed_", false);
		hide(this, "refused_", undefined);
	}

	attach_(id) {
		this.id_ = id;
		sockets.set(id, this);
	}

	connect(...args) {
		const listener = typeof args[args.length - 1] === "function" ? args.pop() : undefined;
		const options = typeof args[0] === "object" && args[0] !== null ? args[0]
			: typeof args[0] === "string" && !/^\d+$/.test(args[0]) ? { path: args[0] } : { port: args[0], host: args[1] };
		if (options.path === undefined && options.port === undefined)
			throw coded(TypeError, "ERR_MISSING_ARGS", 'The "options" or "port" or "path" argument must be specified');
		if (listener)
			this.once("connect", listener);
		this.connecting = true;
		this.where_ = options.path !== undefined ? { address: options.path }
			: { host: options.host ?? "localhost", port: portOf(options.port) };
		Object.defineProperty(this, "where_", { enumerable: false });
		if (options.allowHalfOpen !== undefined)
			this.allowHalfOpen = !!options.allowHalfOpen;
		this.attach_(native.socketConnect(options.path !== undefined ? `unix:${options.path}`
			: written(this.where_.host, this.where_.port)));
		return this;
	}

	_read() {
		if (this.connecting)
			this.once("connect", () => native.socketFlow(this.id_, true));
		else
			native.socketFlow(this.id_, true);
	}

	_write(piece, encoding, callback) {
		if (typeof piece === "string" && !/^utf-?8$/i.test(encoding))
			piece = Buffer.from(piece, encoding);
		this.bytesWritten += typeof piece === "string" ? Buffer.byteLength(piece) : piece.length;
		if (piece.length === 0 || native.socketWrite(this.id_, piece) || this.id_ === 0)
			callback();
		else
			this.room_ = callback;
	}

	_final(callback) {
		this.final_ = callback;
		native.socketEnd(this.id_);
	}

	_destroy(error, callback) {
		this.connecting = false;
		this.failed_ = !!error;
		if (this.id_ === 0 || !sockets.has(this.id_)) {
			callback(error);
			return;
		}
		this.closing_ = () => callback(error);
		native.socketDestroy(this.id_, this.reset_ === true);
	}

	resetAndDestroy() {
		hide(this, "reset_", true);
		return this.destroy();
	}

	destroySoon() {
		if (this.writable)
			this.end();
		if (this.writableFinished)
			this.destroy();
		else
			this.once("finish", () => this.destroy());
	}

	on_(what, value) {
		switch (what) {
		case "connect":
			this.connecting = false;
			this.emit("connect");
			this.emit("ready");
			if (this.readableFlowing !== false)
				this.read(0);
			return;
		case "data":
			this.bytesRead += value.byteLength;
			if (!this.push(Buffer.from(value)))
				native.socketFlow(this.id_, false);
			return;
		case "end":
			this.push(null);
			if (this.readableLength === 0)
				this.read(0);
			return;
		case "drain":
			this.done_("room_");
			return;
		case "finish":
			this.done_("room_");
			this.done_("final_");
			return;
		case "timeout":
			this.emit("timeout");
			return;
		case "error":
			this.onError_(value);
			return;
		default:
			this.onClose_();
		}
	}

	done_(name) {
		const callback = this[name];
		this[name] = undefined;
		if (callback)
			callback();
	}

	onError_(code) {
		const where = this.where_;
		if (!this.connecting) {
			this.destroy(systemError(code, "read"));
		} else if (code === "ENOTFOUND") {
			const error = systemError(code, "getaddrinfo", { hostname: where.host }, where.host);
			this.destroy(error);
		} else {
			const { address } = where;
			this.destroy(systemError(code, "connect", address !== undefined ? { address }
				: { address: this.tried_ ?? where.host, port: where.port },
			address ?? `${where.host}:${where.port}`));
		}
	}

	onClose_() {
		sockets.delete(this.id_);
		if (this.closing_ !== undefined)
			this.done_("closing_");
		else
			this.destroy();
	}

	addressAt_(i) {
		this.addresses_ ??= native.socketAddresses(this.id_);
		return this.addresses_ && this.addresses_[i];
	}

	get remoteAddress() {
		return this.addressAt_(0);
	}

	get remotePort() {
		return this.addressAt_(1);
	}

	get remoteFamily() {
		const address = this.addressAt_(0);
		return address === undefined ? undefined : isIPv6(address) ? "IPv6" : "IPv4";
	}

	get localAddress() {
		return this.addressAt_(2);
	}

	get localPort() {
		return this.addressAt_(3);
	}

	get localFamily() {
		const address = this.addressAt_(2);
		return address === undefined ? undefined : isIPv6(address) ? "IPv6" : "IPv4";
	}

	address() {
		const address = this.addressAt_(2);
		return address === undefined ? {} : { address, family: this.localFamily, port: this.localPort };
	}

	get pending() {
		return this.id_ === 0 || this.connecting;
	}

	get readyState() {
		if (this.connecting)
			return "opening";
		return this.readable && this.writable ? "open" : this.readable ? "readOnly" : this.writable ? "writeOnly" : "closed";
	}

	setTimeout(ms, callback) {
		if (typeof ms !== "number")
			throw argType("msecs", "of type number", ms);
		if (!(ms >= 0 && ms < Infinity))
			throw outOfRange("msecs", "a non-negative finite number", ms);
		this.timeout = ms;
		if (callback && ms > 0)
			this.once("timeout", callback);
		else if (callback)
			this.removeListener("timeout", callback);
		native.socketOption(this.id_, "timeout", ms);
		return this;
	}

	setNoDelay(on = true) {
		native.socketOption(this.id_, "noDelay", !!on);
		return this;
	}

	setKeepAlive(on = false, delay = 0) {
		native.socketOption(this.id_, "keepAlive", !!on, delay);
		return this;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}
}

function hide(object, name, value) {
	Object.defineProperty(object, name, { configurable: true, writable: true, value });
}

// Node's net.Socket tells with `close` whether it has failed.
Socket.prototype.emit = function (name, ...args) {
	if (name === "close" && args.length === 0)
		return Duplex.prototype.emit.call(this, "close", this.failed_);
	return Duplex.prototype.emit.call(this, name, ...args);
};

// server -------------------------------------------------------------------------------

class Server extends EventEmitter {
	constructor(options, listener) {
		super();
		if (typeof options === "function") {
			listener = options;
			options = {};
		} else if (options !== undefined && options !== null && typeof options !== "object") {
			throw argType("options", "of type object", options);
		}
		if (listener)
			this.on("connection", listener);
		this.allowHalfOpen = !!(options && options.allowHalfOpen);
		this.pauseOnConnect = !!(options && options.pauseOnConnect);
		hide(this, "id_", 0);
		hide(this, "at_", undefined);
		hide(this, "listening_", false);
	}

	listen(...args) {
		const listener = typeof args[args.length - 1] === "function" ? args.pop() : undefined;
		const options = typeof args[0] === "object" && args[0] !== null ? args[0]
			: typeof args[0] === "string" && !/^\d+$/.test(args[0]) ? { path: args[0] }
				: { port: args[0] ?? 0, host: typeof args[1] === "string" ? args[1] : undefined };
		if (this.id_ !== 0)
			throw coded(Error, "ERR_SERVER_ALREADY_LISTEN", "Listen method has been called more than once without closing.");
		if (options.path === undefined && options.port === undefined)
			throw coded(TypeError, "ERR_INVALID_ARG_VALUE", `The argument 'options' must have the property "port" or "path". Received ${require("inspect").inspect(options)}`);
		if (listener)
			this.once("listening", listener);
		this.at_ = options.path !== undefined ? { path: options.path } : { host: options.host ?? "::", port: portOf(options.port, "options.port") };
		this.bind_(options.path !== undefined ? `unix:${options.path}` : written(options.host ?? "::", this.at_.port));
		return this;
	}

	bind_(address) {
		try {
			this.id_ = native.serverListen(address);
			servers.set(this.id_, this);
		} catch (error) {
			nextTick(() => this.emit("error", systemError(error.code, "listen", {}, address)));
		}
	}

	on_(what, value) {
		if (what === "listening") {
			this.listening_ = true;
			this.emit("listening");
		} else if (what === "connection") {
			this.onConnection_(value);
		} else if (what === "error") {
			this.onError_(value);
		} else {
			servers.delete(this.id_);
			this.id_ = 0;
			this.listening_ = false;
			if (!this.refused_)
				this.emit("close");
			this.refused_ = false;
		}
	}

	onConnection_(id) {
		const socket = new Socket({ allowHalfOpen: this.allowHalfOpen });
		socket.attach_(id);
		socket.server = this;
		hide(socket, "server", this);
		this.emit("connection", socket);
		if (!this.pauseOnConnect && !socket.destroyed)
			socket.read(0);
	}

	onError_(code) {
		const { path, host, port } = this.at_;
		// Without IPv6 "every address" is IPv4's, as in Node.
		if ((code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL") && host === "::" && !this.second_) {
			hide(this, "second_", true);
			hide(this, "refused_", true);
			nextTick(() => this.bind_(`0.0.0.0:${port}`));
			return;
		}
		hide(this, "refused_", true);
		this.emit("error", systemError(code, "listen", path !== undefined ? { address: path } : { address: host, port },
			path ?? `${host}:${port}`));
	}

	close(callback) {
		if (typeof callback === "function") {
			if (this.id_ === 0)
				this.once("close", () => callback(coded(Error, "ERR_SERVER_NOT_RUNNING", "Server is not running.")));
			else
				this.once("close", callback);
		}
		this.listening_ = false;
		if (this.id_ === 0)
			nextTick(() => this.emit("close"));
		else
			native.serverClose(this.id_);
		return this;
	}

	get listening() {
		return this.listening_;
	}

	address() {
		const address = this.id_ !== 0 && this.listening_ ? native.serverAddress(this.id_) : undefined;
		return address === undefined ? null : parts(address);
	}

	getConnections(callback) {
		const n = native.serverConnections(this.id_);
		nextTick(callback, null, n);
		return this;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}
}

// events of C --------------------------------------------------------------------------

function onSocket(id, what, value) {
	const socket = sockets.get(id);
	if (socket !== undefined)
		socket.on_(what, value);
}

function onServer(id, what, value) {
	const server = servers.get(id);
	if (server !== undefined)
		server.on_(what, value);
}

function onConnection(id) {
	const socket = new Socket();
	socket.attach_(id);
	if (handler === undefined) {
		socket.destroy();
		uncaught(new Error("a connection has come, and the script exports no function for it: " +
			"say module.exports.connection = (socket) => { … }"));
		return;
	}
	handler(socket);
	if (!socket.destroyed)
		socket.read(0);
}

function connect(...args) {
	return new Socket(typeof args[0] === "object" ? args[0] : undefined).connect(...args);
}

// Classes of Node's that may be called without `new`.
function callable(constructor) {
	return new Proxy(constructor, { apply: (target, self, args) => new target(...args) });
}

module.exports = { Socket: callable(Socket), Stream: Socket, Server: callable(Server), connect, createConnection: connect,
	createServer: (options, listener) => new Server(options, listener), isIP, isIPv4: (text) => isIPv4(text), isIPv6: (text) => isIPv6(text) };
for (const [name, value] of Object.entries({ onSocket, onServer, onConnection, setHandler: (f) => {
	handler = f;
} }))
	Object.defineProperty(module.exports, name, { value });
