// What becomes of a server's answer, and of the body of its request: what C tells, and what needs no telling.
"use strict";

const { nextTick, tell, uncaught } = require("internal");

const exchanges = new Map(); // id: the response of an exchange of which C has events to tell

// From now on C tells its events.
function watch(res) {
	if (res.watched_ || res.id_ === 0) // or of no exchange
		return;
	res.watched_ = true;
	if (native.responseWatch(res.id_))
		exchanges.set(res.id_, res);
	else
		nextTick(() => onClose(res));
}

// A head that C refuses, such as one that is too long: who calls is told by what is thrown, but the client waits. It
// is told here, since nothing that the script may send would be taken any more.
function fail(res) {
	native.responseSend(res.id_, 500, undefined, undefined, undefined, false);
	exchanges.delete(res.id_);
	res.watched_ = false;
	res.finished = res.over_ = res.told_ = true;
	nextTick(onClose, res);
}

// Tells of an answer that C tells nothing of.
function tellEnd(res) {
	res.told_ = true;
	nextTick(finishAndClose, res);
}

function finishAndClose(res) {
	onFinish(res);
	nextTick(onClose, res);
}

function onFinish(res) {
	const { req } = res;
	res.finished_ = true;
	if (!req.reading_ && req.isUsed_())
		req.resume(); // nobody has read it: it ends
	tell(res, "finish");
}

function onClose(res) {
	if (res.closed_)
		return;
	exchanges.delete(res.id_);
	res.over_ = res.closed_ = res.destroyed_ = true;
	try {
		res.req.closing_(res.finished_);
	} catch (error) {
		uncaught(error);
	}
	if (res.errored_ !== null)
		tell(res, "error", res.errored_);
	tell(res, "close");
	const { socket_: socket } = res;
	if (socket !== undefined && !res.finished_)
		socket.close_();
	else if (socket !== undefined && socket.destroyed_)
		require("timers").setImmediate(() => socket.close_()); // as in Node: behind all that the request tells
}

function onTimeout(res) {
	const { req, server_: server } = res, { socket } = req;
	const heard = (!req.complete && req.emit("timeout", socket)) | res.emit("timeout", socket) |
		(server !== undefined && server.emit("timeout", socket)) | socket.emit("timeout");
	if (!heard)
		res.destroy();
}

// What C tells of a response: "drain", "finish", "close", "timeout".
const DRAIN = 0, FINISH = 1, CLOSE = 2, TIMEOUT = 3;

function onResponse(id, what) {
	const res = exchanges.get(id);
	if (res === undefined)
		return;
	if (what === DRAIN) {
		res.needDrain_ = false;
		res.emit("drain");
	} else if (what === FINISH) {
		finishAndClose(res);
	} else if (what === CLOSE) {
		onClose(res);
	} else if (what === TIMEOUT) {
		onTimeout(res);
	}
}

// What C tells of a body: "data", "end", "error".
const DATA = 0, END = 1;

function onBody(id, what, piece) {
	const res = exchanges.get(id);
	if (res === undefined)
		return;
	if (what === DATA)
		res.req.piece_(piece);
	else if (what === END)
		res.req.whole_();
	else
		onClose(res); // with the body, the answer is over
}

module.exports = { exchanges, watch, fail, tellEnd, onResponse, onBody };
