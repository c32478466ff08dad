// net.Socket: a connection of eddy's as a Duplex. Names are looked up here; their addresses are tried one after
// the other.
"use strict";

const { Duplex } = require("stream");
const { argType, argValue, coded, outOfRange } = require("errors");
const { nextTick, tell } = require("internal");
const { systemError, absolute, addressError, isIP, portOf, isPath, written, family, checkFunction } = require("net/address");

const ATTEMPT_MS = 250; // before the next address of a name is tried
const MAX_MS = 2 ** 31 - 1;

const sockets = new Map(); // id: socket
const defaults = { autoSelectFamily: true, attemptMs: ATTEMPT_MS };

function Socket(options) {
	if (!(this instanceof Socket))
		return new Socket(options);
	if (options && options.objectMode)
		throw argValue("options.objectMode", options.objectMode, "is not supported");
	if (options && options.fd !== undefined)
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "options.fd: eddy makes no socket of a descriptor of the script's");
	Duplex.call(this, Object.assign({}, options, { allowHalfOpen: Boolean(options && options.allowHalfOpen),
		decodeStrings: false, signal: undefined }));
	this.onread_ = options ? options.onread : undefined;
	reset(this);
	if (options && options.signal)
		require("stream").addAbortSignal(options.signal, this);
}
Object.setPrototypeOf(Socket.prototype, Duplex.prototype);
Object.setPrototypeOf(Socket, Duplex);

// What belongs to one connection: a socket may have another behind its close.
function reset(socket) {
	socket.connecting = false;
	socket.read_ = socket.written_ = 0;
	socket.id_ = 0; // 0: there is no connection of C's
	socket.where_ = socket.ends_ = undefined; // what was asked for; the addresses of both sides
	socket.room_ = socket.final_ = socket.closing_ = undefined; // callbacks that are owed
	socket.reset_ = socket.left_ = false; // left_: the other side has ended, and so does this one
	socket.begun_ = false; // connected, or on the way
	socket.hadError_ = false;
	socket.reader_ = socket.onread_ ? require("net/onread").readerOf(socket, socket.onread_) : undefined;
}

// connecting ---------------------------------------------------------------------------

// (options | path | port[, host])[, listener]
function connectArguments(args) {
	const listener = typeof args[args.length - 1] === "function" ? args[args.length - 1] : undefined;
	const [first, second] = args;
	if (typeof first === "object" && first !== null)
		return [first, listener];
	if (isPath(first))
		return [{ path: first }, listener];
	return [{ port: typeof first === "function" ? undefined : first, host: typeof second === "string" ? second : undefined },
		listener];
}

function checkPort(port) {
	if (typeof port !== "number" && typeof port !== "string")
		throw argType("options.port", "one of type number or string", port);
	return portOf(port);
}

// Connects, as soon as nothing of what asked for it runs any more.
function attempt(socket, address, options) {
	try {
		attach(socket, native.socketConnect(address));
	} catch (error) {
		nextTick(() => socket.destroy(error));
		return;
	}
	if (options.noDelay !== undefined)
		socket.setNoDelay(options.noDelay);
	if (options.keepAlive)
		socket.setKeepAlive(true, options.keepAliveInitialDelay);
}

function lookUp(socket, options) {
	const { host } = socket.where_;
	socket.begun_ = true;
	const several = options.autoSelectFamily ?? defaults.autoSelectFamily;
	const version = options.family === "IPv4" ? 4 : options.family === "IPv6" ? 6 : options.family ?? 0;
	const asked = { family: version, hints: options.hints || 0 };
	if (several && version !== 4 && version !== 6)
		asked.all = true;
	if (options.lookup !== undefined && options.lookup !== null)
		checkFunction("options.lookup", options.lookup);
	(options.lookup ?? require("dns").lookup)(host, asked, (error, address, number) => {
		const list = error ? [] : Array.isArray(address) ? address : [{ address, family: number }];
		if (error)
			socket.emit("lookup", error, undefined, undefined, host);
		for (const one of list)
			socket.emit("lookup", null, one.address, one.family, host);
		if (!socket.connecting)
			return;
		if (error)
			nextTick(() => socket.destroy(error));
		else
			tryAddresses(socket, list, options);
	});
}

function badAddress({ address, family: version }, { host }) {
	if (isIP(address) === 0)
		return coded(TypeError, "ERR_INVALID_IP_ADDRESS", `Invalid IP address: ${address}`);
	if (version !== 4 && version !== 6)
		return coded(RangeError, "ERR_INVALID_ADDRESS_FAMILY", `Invalid address family: ${version} ${host}:${address}`);
	return undefined;
}

// The families in turn, beginning with that of the first.
function interleaved(list) {
	const first = list.filter((one) => one.family === list[0].family);
	const rest = list.filter((one) => one.family !== list[0].family);
	const out = [];
	for (let i = 0; i < Math.max(first.length, rest.length); i++)
		out.push(...[first[i], rest[i]].filter(Boolean));
	return out;
}

function tryAddresses(socket, list, options) {
	const bad = list.map((one) => badAddress(one, socket.where_)).find(Boolean);
	if (bad !== undefined || list.length === 0) {
		nextTick(() => socket.destroy(bad ?? systemError("ENOTFOUND", "getaddrinfo", { hostname: socket.where_.host })));
		return;
	}
	socket.where_.left = interleaved(list).slice(1);
	socket.where_.errors = [];
	socket.where_.options = options;
	tryNext(socket, list[0]);
}

function tryNext(socket, { address }) {
	const { where_: where } = socket;
	where.address = address;
	attempt(socket, written(address, where.port), where.options);
	if (where.left.length > 0)
		where.timer = require("timers").setTimeout(() => attemptFailed(socket, "ETIMEDOUT"),
			where.options.autoSelectFamilyAttemptTimeout ?? defaults.attemptMs);
}

// One address has failed, or has taken too long: the next, or an error of all of them.
function attemptFailed(socket, code) {
	const { where_: where } = socket;
	require("timers").clearTimeout(where.timer);
	where.errors?.push(addressError(code, "connect", where.address, where.port));
	if (where.left === undefined || where.left.length === 0)
		return socket.destroy(connectError(socket, code));
	native.socketDestroy(socket.id_, false);
	sockets.delete(socket.id_);
	tryNext(socket, where.left.shift());
}

function connectError({ where_: where }, code) {
	if (where.path !== undefined)
		return addressError(code, "connect", where.path);
	if (where.errors === undefined || where.errors.length === 1)
		return addressError(code, "connect", where.address ?? where.host, where.port);
	const all = new AggregateError(where.errors, "");
	return Object.assign(all, { code: where.errors[0].code });
}

function attach(socket, id) {
	socket.id_ = id;
	socket.begun_ = true;
	sockets.set(id, socket);
	if (socket.timeout > 0)
		native.socketOption(id, "timeout", socket.timeout);
}

// the stream ---------------------------------------------------------------------------

Object.assign(Socket.prototype, {
	connect(...args) {
		const [options, listener] = connectArguments(args);
		const { path } = options;
		if (path === undefined && options.port === undefined)
			throw coded(TypeError, "ERR_MISSING_ARGS", 'The "options" or "port" or "path" argument must be specified');
		if (path !== undefined && typeof path !== "string")
			throw argType("options.path", "of type string", path);
		if (this.destroyed) {
			Duplex.call(this, { allowHalfOpen: this.allowHalfOpen, decodeStrings: false });
			reset(this);
		}
		if (listener)
			this.once("connect", listener);
		this.connecting = true;
		if (options.allowHalfOpen !== undefined)
			this.allowHalfOpen = Boolean(options.allowHalfOpen);
		if (path !== undefined)
			this.where_ = { path };
		else
			this.where_ = { host: options.host ?? "localhost", port: checkPort(options.port) };
		for (const name of ["localAddress", "localPort"])
			if (options[name] !== undefined)
				throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED",
					`options.${name}: the address that connections leave from is the system's choice in eddy`);
		if (path !== undefined || isIP(this.where_.host) !== 0)
			attempt(this, path !== undefined ? `unix:${absolute(path)}` : written(this.where_.host, this.where_.port), options);
		else
			lookUp(this, options);
		return this;
	},

	pause() {
		if (this.reader_ !== undefined && !this.connecting)
			this.reader_.stop();
		return Duplex.prototype.pause.call(this);
	},

	resume() {
		if (this.reader_ !== undefined && !this.connecting)
			this.reader_.resume();
		return Duplex.prototype.resume.call(this);
	},

	_read() {
		if (this.connecting)
			this.once("connect", () => this._read());
		else if (this.reader_ === undefined || !this.reader_.stopped)
			native.socketFlow(this.id_, true);
	},

	write(piece, encoding, callback) {
		if (!this.left_ || !this.writableEnded)
			return Duplex.prototype.write.call(this, piece, encoding, callback);
		const error = Object.assign(new Error("This socket has been ended by the other party"), { code: "EPIPE" });
		const told = typeof encoding === "function" ? encoding : callback;
		if (typeof told === "function")
			nextTick(told, error);
		this.destroy(error);
		return false;
	},

	_write(piece, encoding, callback) {
		if (this.connecting) {
			this.waiting_ = piece;
			this.once("connect", () => {
				this.waiting_ = undefined;
				this._write(piece, encoding, callback);
			});
			this.once("close", () => this.waiting_ !== undefined && callback(coded(Error, "ERR_SOCKET_CLOSED_BEFORE_CONNECTION",
				"Socket closed before the connection was established")));
			return;
		}
		if (this.id_ === 0) {
			callback(coded(Error, "ERR_SOCKET_CLOSED", "Socket is closed"));
			return;
		}
		if (typeof piece === "string" && !/^utf-?8$/i.test(encoding))
			piece = Buffer.from(piece, encoding);
		this.written_ += typeof piece === "string" ? Buffer.byteLength(piece) : piece.length;
		if (piece.length === 0 || native.socketWrite(this.id_, piece)) {
			callback();
		} else {
			this.room_ = callback;
			this.held_ = piece.length;
		}
	},

	_final(callback) {
		if (this.connecting) {
			this.once("connect", () => this._final(callback));
			return;
		}
		if (this.id_ === 0) {
			callback();
			return;
		}
		this.final_ = callback;
		native.socketEnd(this.id_);
	},

	_destroy(error, callback) {
		this.connecting = false;
		this.hadError_ = this.begun_ ? Boolean(error) : undefined;
		if (this.where_ !== undefined && this.where_.timer !== undefined)
			require("timers").clearTimeout(this.where_.timer);
		if (this.server_ !== undefined)
			this.server_.leave_(this);
		if (!sockets.has(this.id_)) {
			callback(error);
			return;
		}
		this.closing_ = () => callback(error);
		native.socketDestroy(this.id_, this.reset_);
	},

	resetAndDestroy() {
		if (this.id_ === 0 && !this.connecting) {
			this.destroy(coded(Error, "ERR_SOCKET_CLOSED", "Socket is closed"));
			return this;
		}
		if (this.where_ !== undefined && this.where_.path !== undefined)
			throw coded(TypeError, "ERR_INVALID_HANDLE_TYPE", "This handle type cannot be sent");
		this.reset_ = true;
		if (this.connecting)
			this.once("connect", () => this.destroy());
		else
			this.destroy();
		return this;
	},

	destroySoon() {
		if (this.writable)
			this.end();
		if (this.writableFinished)
			this.destroy();
		else
			this.once("finish", this.destroy);
	},

	// settings ---------------------------------------------------------------------

	setTimeout(ms, callback) {
		if (typeof ms !== "number")
			throw argType("msecs", "of type number", ms);
		if (!(ms >= 0 && ms < Infinity))
			throw outOfRange("msecs", "a non-negative finite number", ms);
		this.timeout = ms;
		if (callback !== undefined) {
			checkFunction("callback", callback);
			if (ms > 0)
				this.once("timeout", callback);
			else
				this.removeListener("timeout", callback);
		}
		native.socketOption(this.id_, "timeout", Math.min(Math.ceil(ms), MAX_MS));
		return this;
	},

	setNoDelay(on = true) {
		native.socketOption(this.id_, "noDelay", Boolean(on));
		return this;
	},

	setKeepAlive(on = false, delay = 0) {
		native.socketOption(this.id_, "keepAlive", Boolean(on), Number(delay) || 0);
		return this;
	},

	address() {
		const { localAddress } = this;
		return localAddress === undefined ? {} : { address: localAddress, family: this.localFamily, port: this.localPort };
	},

	ref() {
		return this;
	},

	unref() {
		return this;
	},

	// Node tells with `close` whether the socket has failed.
	emit(name, ...args) {
		if (name === "close" && args.length === 0 && this.hadError_ !== undefined)
			return Duplex.prototype.emit.call(this, "close", this.hadError_);
		return Duplex.prototype.emit.call(this, name, ...args);
	},

	// events of C ------------------------------------------------------------------

	on_(what, value) {
		switch (what) {
		case "connect":
			onConnect(this);
			return;
		case "data":
			this.read_ += value.byteLength;
			if (this.reader_ !== undefined)
				this.reader_.give(value);
			else if (!this.push(Buffer.from(value)))
				native.socketFlow(this.id_, false);
			return;
		case "end":
			if (this.reader_ !== undefined)
				this.reader_.end(() => onEnd(this));
			else
				onEnd(this);
			return;
		case "drain":
			owed(this, "room_");
			return;
		case "finish":
			owed(this, "room_");
			owed(this, "final_");
			return;
		case "timeout":
			this.emit("timeout");
			return;
		case "error":
			if (this.connecting)
				attemptFailed(this, value);
			else
				this.destroy(systemError(value, value === "EPIPE" ? "write" : "read"));
			return;
		default:
			onClose(this);
		}
	},
});

function onEnd(socket) {
	socket.left_ = !socket.allowHalfOpen;
	socket.push(null);
	if (socket.readableLength === 0)
		socket.read(0);
}

function owed(socket, name) {
	const callback = socket[name];
	socket[name] = undefined;
	if (callback)
		callback();
}

function onConnect(socket) {
	const { where_: where } = socket;
	if (where !== undefined && where.timer !== undefined)
		require("timers").clearTimeout(where.timer);
	socket.connecting = false;
	ends(socket);
	tell(socket, "connect");
	tell(socket, "ready");
	if (socket.readableFlowing !== false && !socket.destroyed)
		socket.read(0);
}

function onClose(socket) {
	sockets.delete(socket.id_);
	socket.id_ = 0;
	if (socket.closing_ !== undefined)
		owed(socket, "closing_");
	else
		socket.destroy();
}

// The addresses of both sides: [remote, port, local, port]. A unix socket has none.
function ends(socket) {
	if (socket.ends_ === undefined && socket.id_ !== 0 && !socket.connecting) {
		const all = native.socketAddresses(socket.id_);
		socket.ends_ = all !== undefined && all[0].startsWith("unix:") ? [] : all;
	}
	return socket.ends_ ?? [];
}

function property(name, get) {
	Object.defineProperty(Socket.prototype, name, { configurable: true, enumerable: true, get });
}

for (const [i, side] of [[0, "remote"], [2, "local"]]) {
	property(`${side}Address`, function () {
		return ends(this)[i];
	});
	property(`${side}Port`, function () {
		return ends(this)[i + 1];
	});
	property(`${side}Family`, function () {
		const address = ends(this)[i];
		return address === undefined ? undefined : family(address);
	});
}
property("pending", function () {
	return this.id_ === 0 || this.connecting;
});
property("readyState", function () {
	if (this.connecting)
		return "opening";
	if (this.readable)
		return this.writable ? "open" : "readOnly";
	return this.writable ? "writeOnly" : "closed";
});
property("bytesRead", function () {
	return this.read_;
});
// What was written, sent or not.
property("bytesWritten", function () {
	return this.written_ + this.writableLength - (this.room_ === undefined ? 0 : this.held_);
});
property("bufferSize", function () {
	return this.id_ === 0 ? undefined : this.writableLength;
});

// The socket of a connection that has come, or that another library has been given.
function adopt(id, options) {
	const socket = new Socket(options);
	attach(socket, id);
	return socket;
}

function onSocket(id, what, value) {
	const socket = sockets.get(id);
	if (socket !== undefined)
		socket.on_(what, value);
}

function connect(...args) {
	const [options] = connectArguments(args);
	const socket = new Socket(options);
	if (options.timeout)
		socket.setTimeout(options.timeout);
	return socket.connect(...args);
}

module.exports = { Socket, connect, adopt, onSocket, defaults };
