// What C tells of a client's request. These are methods of ClientRequest's.
"use strict";

const { nextTick, tell } = require("internal");
const { errorOf } = require("http/client_errors");
const { makeResponse } = require("http/client_response");
const net = require("net");

const running = new Map(); // id: request

function onEvent(id, what, value, more) {
	const request = running.get(id);
	if (request !== undefined)
		request.on_(what, value, more);
}

const methods = {
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
};

module.exports = { running, onEvent, methods };
