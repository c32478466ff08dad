// The connection of a client's request, as scripts see it: to look at, to set options of, to destroy. What is
// read and written on it is eddy's.
"use strict";

const EventEmitter = require("events");
const { argType, outOfRange } = require("errors");
const { family } = require("net/address");

const MAX_MS = 2 ** 31 - 1;

function checkMs(name, ms) {
	if (typeof ms !== "number")
		throw argType(name, "of type number", ms);
	if (!(ms >= 0 && Number.isFinite(ms)))
		throw outOfRange(name, "a non-negative finite number", ms);
	return Math.min(Math.trunc(ms), MAX_MS);
}

function familyOf(address) {
	return address === undefined ? undefined : family(address);
}

class ClientSocket extends EventEmitter {
	constructor(request) {
		super();
		this.connecting = true;
		this.destroyed = this.closed = false;
		this.timeout = 0;
		Object.defineProperty(this, "request_", { configurable: true, writable: true, value: request });
		Object.defineProperty(this, "addresses_", { configurable: true, writable: true, value: undefined });
	}

	at_(i) {
		if (this.addresses_ === undefined) {
			const all = native.clientAddresses(this.request_.id_);
			this.addresses_ = all !== undefined && all[0].startsWith("unix:") ? [] : all;
		}
		return this.addresses_ && this.addresses_[i];
	}

	get remoteAddress() {
		return this.at_(0);
	}

	get remotePort() {
		return this.at_(1);
	}

	get remoteFamily() {
		return familyOf(this.at_(0));
	}

	get localAddress() {
		return this.at_(2);
	}

	get localPort() {
		return this.at_(3);
	}

	get localFamily() {
		return familyOf(this.at_(2));
	}

	get pending() {
		return this.connecting;
	}

	get readyState() {
		return this.destroyed ? "closed" : this.connecting ? "opening" : "open";
	}

	address() {
		const address = this.localAddress;
		return address === undefined ? {} : { address, family: this.localFamily, port: this.localPort };
	}

	setTimeout(ms, callback) {
		this.timeout = checkMs("msecs", ms);
		this.request_.countTimeout_(ms);
		if (callback && ms > 0)
			this.once("timeout", callback);
		else if (callback)
			this.removeListener("timeout", callback);
		return this;
	}

	setNoDelay(on = true) {
		this.option_("noDelay", !!on, 0);
		return this;
	}

	setKeepAlive(on = false, delay = 0) {
		this.option_("keepAlive", !!on, delay);
		return this;
	}

	option_(name, on, delay) {
		const set = () => native.clientOption(this.request_.id_, name, on, delay);
		if (this.connecting)
			this.once("connect", set);
		else
			set();
	}

	destroy(error) {
		this.request_.destroy(error);
		return this;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}

	connected_() {
		this.at_(0);
		if (!this.connecting)
			return;
		this.connecting = false;
		this.emit("connect");
		this.emit("ready");
	}

	closed_(failed) {
		if (this.closed)
			return;
		this.closed = this.destroyed = true;
		this.connecting = false;
		this.emit("close", failed);
	}
}
// Scripts know it by this name.
Object.defineProperty(ClientSocket, "name", { value: "Socket" });

module.exports = { ClientSocket, checkMs };
