// A proxy: what is asked here is asked of another server, and its answer is passed on as it comes. Both
// bodies stream, and who is slow slows down the other.
//
//	module "proxy" { path = "js.so"  options { script = "proxy.js" } }
//	route "/*" { module = "proxy"  max_body = "0" }
//
// The server is $PROXY_TO, such as http://127.0.0.1:8081.
"use strict";

const http = require("http");

const target = new URL(process.env.PROXY_TO ?? "http://127.0.0.1:8081");
const agent = new http.Agent({ keepAlive: true });
const TIMEOUT_MS = 30000;
// Of one connection, and not of the message (RFC 9110 7.6.1).
const HOP_BY_HOP = new Set(["connection", "keep-alive", "proxy-authenticate", "proxy-authorization",
	"proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"]);

// What is passed on of the head, in the order in which it came.
function passedOn(message) {
	const named = (message.headers.connection ?? "").toLowerCase().split(/\s*,\s*/);
	const fields = {};
	for (let i = 0; i < message.rawHeaders.length; i += 2) {
		const name = message.rawHeaders[i], lower = name.toLowerCase();
		if (!HOP_BY_HOP.has(lower) && !named.includes(lower))
			(fields[name] ??= []).push(message.rawHeaders[i + 1]);
	}
	return fields;
}

function refuse(res, status, why) {
	if (res.headersSent) {
		res.destroy(); // so that half an answer is not taken for a whole one
		return;
	}
	res.writeHead(status, { "Content-Type": "text/plain" });
	res.end(`${why}\n`);
}

module.exports = (req, res) => {
	const headers = { ...passedOn(req), "X-Forwarded-For": [req.socket.remoteAddress] };
	let late = false;
	const asked = http.request({ agent, hostname: target.hostname, port: target.port || 80, method: req.method,
		path: req.url, headers, timeout: TIMEOUT_MS }, (answer) => {
		res.writeHead(answer.statusCode, answer.statusMessage, passedOn(answer));
		answer.on("error", (error) => refuse(res, 502, error.message));
		answer.pipe(res);
	});
	asked.on("timeout", () => {
		late = true;
		asked.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`));
	});
	asked.on("error", (error) => {
		if (!res.destroyed)
			refuse(res, late ? 504 : 502, error.message);
	});
	res.on("close", () => asked.destroy()); // nobody waits for it any more
	req.pipe(asked);
};
