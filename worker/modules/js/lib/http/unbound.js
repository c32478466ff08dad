// The answer that a script has made itself, with new http.ServerResponse(req): it belongs to no exchange of eddy's, and
// goes to the socket that assignSocket has given it, which may be any stream. Its head and framing are made here; what it
// sends waits until it has a socket.
"use strict";

const { STATUS_CODES } = require("http/codes");
const { hasBody } = require("http/response_head");
const { textOf } = require("http/outgoing");
const { coded } = require("errors");

const HIGH_WATER = 16384;

// the head -----------------------------------------------------------------------------

function fieldLines(fields, has) {
	let text = "";
	for (let i = 0; i < fields.length; i += 3) {
		has.add(fields[i]);
		for (const value of [].concat(fields[i + 2]))
			text += `${fields[i + 1]}: ${textOf(fields[i + 1], value)}\r\n`;
	}
	return text;
}

// What says where the body ends; `chunkedEncoding` follows from it.
function framing(res, has, chunks) {
	res.chunkedEncoding = false;
	if (has.has("content-length"))
		return "";
	if (has.has("transfer-encoding")) {
		res.chunkedEncoding = /\bchunked\b/i.test(res.getHeader("transfer-encoding"));
		return "";
	}
	if (!hasBody(res) || !chunks)
		return "";
	if (res.whole_ !== undefined && !has.has("trailer"))
		return `Content-Length: ${res.whole_}\r\n`;
	res.chunkedEncoding = true;
	return "Transfer-Encoding: chunked\r\n";
}

// "Name: value" lines of "name\0value\0…".
function lines(packed) {
	return packed.replace(/([^\0]*)\0([^\0]*)\0/g, "$1: $2\r\n");
}

// The head as Node would write it, once it is fixed.
function headText(res) {
	const { req, status_: status } = res, has = new Set();
	const old = req.httpVersionMajor < 1 || req.httpVersionMinor < 1, chunks = !old && res.useChunkedEncodingByDefault;
	let text = `HTTP/1.1 ${status} ${res.words_ ?? STATUS_CODES[status] ?? "unknown"}\r\n`;
	text += fieldLines(res.fields_ ?? [], has);
	if (res.sendDate && !has.has("date"))
		text += `Date: ${new Date().toUTCString()}\r\n`;
	if (!has.has("connection"))
		text += `Connection: ${res.shouldKeepAlive && !old && (chunks || has.has("content-length")) ? "keep-alive" : "close"}\r\n`;
	return `${text}${framing(res, has, chunks)}\r\n`;
}

// sending ------------------------------------------------------------------------------

function send(res, piece, encoding, callback) {
	const socket = res.stream_;
	if (socket !== undefined && socket.destroyed)
		return false;
	if (socket !== undefined && socket._httpMessage === res && socket.writable)
		return socket.write(piece, encoding, callback);
	(res.waiting_ ??= []).push([piece, encoding, callback]);
	res.waitingLength_ += piece.length;
	return res.waitingLength_ < HIGH_WATER;
}

// A piece, with the head in front of the first.
function sendPiece(res, piece, encoding, callback) {
	if (!res.begun_) {
		const head = res._header;
		res.begun_ = true;
		if (typeof piece === "string")
			return send(res, head + piece, encoding, callback);
		send(res, head, "latin1");
	}
	return send(res, piece, encoding, callback);
}

// The framing is fixed with the head.
function isChunked(res) {
	return res._header !== null && res.chunkedEncoding;
}

function begin(res) {
	if (!res.begun_)
		sendPiece(res, "", "latin1");
}

function sendHints(res, packed) {
	send(res, `HTTP/1.1 103 Early Hints\r\n${lines(packed)}\r\n`, "latin1");
}

function write(res, piece, n, callback) {
	let more;
	if (isChunked(res) && n > 0) {
		sendPiece(res, `${n.toString(16)}\r\n`, "latin1");
		send(res, piece, "utf8");
		more = send(res, "\r\n", "latin1", callback);
	} else {
		more = sendPiece(res, piece, "utf8", callback);
	}
	res.needDrain_ = !more;
	return more;
}

// The end, which has been told when the socket has taken all.
function end(res, piece, n) {
	const finish = (error) => {
		if (error)
			return;
		res.finished_ = true;
		res.emit("finish");
	};
	if (hasBody(res) && piece !== undefined)
		write(res, piece, n);
	if (hasBody(res) && isChunked(res))
		sendPiece(res, `0\r\n${res.trailer_}\r\n`, "latin1", finish);
	else
		sendPiece(res, "", "latin1", finish);
	if (res.stream_ !== undefined && res.waiting_ === undefined && res.stream_._httpMessage === res)
		res.emit("prefinish");
}

// the socket ---------------------------------------------------------------------------

function onClose() {
	const res = this._httpMessage;
	if (!res)
		return;
	res.destroyed_ = res.closed_ = true;
	res.emit("close");
}

function flush(res) {
	const { stream_: socket, waiting_: waiting } = res;
	let more = true;
	if (!socket.writable)
		return;
	res.waiting_ = undefined;
	res.waitingLength_ = 0;
	for (const piece of waiting ?? [])
		more = socket.write(...piece);
	if (res.finished) {
		res.emit("prefinish");
	} else if (more && res.needDrain_) {
		res.needDrain_ = false;
		res.emit("drain");
	}
}

function assign(res, socket) {
	if (socket._httpMessage)
		throw coded(Error, "ERR_HTTP_SOCKET_ASSIGNED", "ServerResponse has an already assigned socket");
	socket._httpMessage = res;
	socket.on("close", onClose);
	res.stream_ = socket;
	res.emit("socket", socket);
	flush(res);
}

function detach(res, socket) {
	if (socket._httpMessage !== res)
		throw coded(Error, "ERR_INTERNAL_ASSERTION", "The socket is not this response's");
	socket.removeListener("close", onClose);
	socket._httpMessage = null;
	res.stream_ = undefined;
}

// Calls back with the socket, at once or when there is one.
function withSocket(res, callback) {
	if (res.stream_ !== undefined)
		callback(res.stream_);
	else
		res.once("socket", callback);
}

module.exports = { headText, lines, begin, write, end, send, sendHints, assign, detach, withSocket };
