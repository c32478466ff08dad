// What can be seen of a request before, while and after it is answered.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

function show(what, request) {
	const { method, path, host, protocol, timeout, reusedSocket, aborted, destroyed, finished, writableEnded, writableFinished, headersSent,
		maxHeadersCount, closed, errored } = request;
	console.log(what, method, path, host, protocol, timeout, reusedSocket, aborted, destroyed, finished, writableEnded, writableFinished,
		headersSent, maxHeadersCount, closed, errored, request.res === null, request.socket === null, request.agent === http.globalAgent);
}

raw(() => "HTTP/1.1 404 Not Here\r\nContent-Length: 2\r\nX-A: 1\r\nx-a: 2\r\nSet-Cookie: a\r\nSet-Cookie: b\r\nContent-Type: a/b\r\n" +
	"Content-Type: c/d\r\n\r\nok", (at, server) => {
	const request = http.request({ ...at, path: "/p?q", method: "post", headers: { A: "b", "X-List": ["1", "2"] }, auth: "u:p", timeout: 5000 });
	show("made", request);
	console.log(request instanceof http.ClientRequest, request instanceof http.OutgoingMessage, typeof request.pipe,
		request.getHeader("a"), request.getHeader("X-LIST"), request.hasHeader("authorization"), request.getHeaderNames(),
		request.getRawHeaderNames(), Object.keys(request.getHeaders()), request.getHeader("none"));
	request.end("x");
	show("ended", request);
	request.on("socket", (socket) => {
		show("socket", request);
		console.log(socket === request.socket, socket === request.connection, socket.connecting, typeof socket.setNoDelay);
		socket.on("connect", () => console.log("connect", socket.connecting, socket.remoteAddress, socket.remotePort === at.port,
			socket.remoteFamily, socket.localAddress, socket.localPort > 0));
	});
	request.on("finish", () => show("finish", request));
	request.on("response", (res) => {
		show("response", request);
		console.log(res instanceof http.IncomingMessage, res.statusCode, res.statusMessage, res.httpVersion, res.httpVersionMajor,
			res.httpVersionMinor, res.headers, res.rawHeaders, res.headersDistinct["x-a"], res.trailers, res.rawTrailers, res.url, res.method,
			res.complete, res.aborted, res === request.res, res.req === request, res.socket === request.socket, res.socket.remotePort === at.port);
		res.setEncoding("latin1");
		res.on("data", (piece) => console.log(piece, typeof piece));
		res.on("end", () => console.log("end", res.complete, res.readableEnded));
	});
	request.on("close", () => {
		show("close", request);
		console.log(request.setTimeout(5) === request);
		http.globalAgent.destroy();
		server.close(() => console.log("done"));
	});
});
