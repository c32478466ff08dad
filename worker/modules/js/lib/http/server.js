// Requests and who answers them: the handler that a script exports, or a server of its own.
"use strict";

const { IncomingMessage } = require("http/incoming");
const { ServerResponse, keep } = require("http/response");
const { uncaught, exiting } = require("internal");

let handler;

// A handler that has thrown, or whose promise was rejected: the client is told, if it still can be.
function answerFailure(res, error) {
	if (error !== exiting)
		uncaught(error);
	if (res.finished || res.destroyed)
		return;
	if (res.begun_) {
		res.destroy();
		return;
	}
	res.fields_ = ["content-type", "Content-Type", "text/plain; charset=utf-8"];
	res.statusCode = 500;
	res.statusMessage = undefined;
	res.headSent_ = true;
	res.end("Internal Server Error\n");
}

function onRequest(id, method, url, minor, fields) {
	const req = new IncomingMessage(), res = new ServerResponse(req);
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
		const result = handler(req, res);
		if (result !== undefined && result !== null && typeof result.then === "function")
			result.then(undefined, (error) => answerFailure(res, error));
	} catch (error) {
		answerFailure(res, error);
	}
	keep(res);
}

module.exports = { onRequest, setHandler: (f) => {
	handler = f;
} };
