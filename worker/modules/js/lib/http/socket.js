// The socket of a request, as far as a server of eddy's has one: what it tells of both ends, and what it
// does to the connection through the request that is on it. A connection is eddy's: it is read and
// written by requests and responses alone.
"use strict";

const EventEmitter = require("events");
const { isIP } = require("net");

function family(address) {
	const version = address === undefined ? 0 : isIP(address);
	return version === 0 ? undefined : `IPv${version}`;
}

class RequestSocket extends EventEmitter {
	constructor(res) {
		super();
		this.res_ = res;
		const all = native.requestAddresses(res.id_);
		this.ends_ = all !== undefined && all[0].startsWith("unix:") ? [] : all;
		this.timeout = undefined;
		this.destroyed_ = false;
	}

	get remoteAddress() {
		return this.ends_ && this.ends_[0];
	}

	get remotePort() {
		return this.ends_ && this.ends_[1];
	}

	get remoteFamily() {
		return family(this.remoteAddress);
	}

	get localAddress() {
		return this.ends_ && this.ends_[2];
	}

	get localPort() {
		return this.ends_ && this.ends_[3];
	}

	get localFamily() {
		return family(this.localAddress);
	}

	get server() {
		return this.res_.server_;
	}

	get destroyed() {
		return this.destroyed_ || (this.res_.destroyed && !this.res_.writableFinished);
	}

	get readable() {
		return !this.destroyed;
	}

	get writable() {
		return !this.destroyed;
	}

	get readyState() {
		return this.destroyed ? "closed" : "open";
	}

	address() {
		return this.localAddress === undefined ? {} : { address: this.localAddress, family: this.localFamily, port: this.localPort };
	}

	destroy(error) {
		this.destroyed_ = true;
		this.res_.close_(error);
		return this;
	}

	// The connection is lost, or has been closed.
	close_() {
		this.destroyed_ = true;
		this.emit("close", false);
	}

	resetAndDestroy() {
		return this.destroy();
	}

	setTimeout(ms, callback) {
		this.timeout = ms;
		if (typeof callback === "function")
			this.once("timeout", callback);
		this.res_.setTimeout(ms);
		return this;
	}

	// eddy's connections have TCP_NODELAY, and what is left of the others is the system's.
	setNoDelay() {
		return this;
	}

	setKeepAlive() {
		return this;
	}

	ref() {
		return this;
	}

	unref() {
		return this;
	}
}

module.exports = { RequestSocket };
