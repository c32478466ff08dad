// Answers of every framing, with no body, with trailers, byte by byte; and broken ones.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

const ANSWERS = {
	"/length": "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
	"/zero": "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
	"/chunked": "HTTP/1.1 200 Fine\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n3\r\nabc\r\n2;ext=1\r\nde\r\n0\r\nX-T: 1\r\nx-u: 2\r\nX-T: 3\r\n\r\n",
	"/204": "HTTP/1.1 204 No Content\r\n\r\n",
	"/304": "HTTP/1.1 304 Not Modified\r\nContent-Length: 10\r\nETag: \"x\"\r\n\r\n",
	"/head": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n",
	"/reason": "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
	"/words": "HTTP/1.1 299 Some other words\r\nContent-Length: 0\r\n\r\n",
	"/latin": "HTTP/1.1 200 OK\r\nX-L: \u00e4\u00fc\r\nContent-Length: 0\r\n\r\n",
	"/joined": "HTTP/1.1 200 OK\r\nVary: a\r\nvary: b\r\nAge: 1\r\nAge: 2\r\nCookie: c\r\nCookie: d\r\nSet-Cookie: e\r\nContent-Length: 0\r\n\r\n",
};
const CLOSING = {
	"/until-close": "HTTP/1.1 200 OK\r\n\r\nall of this",
	"/http10": "HTTP/1.0 200 OK\r\n\r\nold",
	"/http10-length": "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nold",
};

raw(({ path }, socket) => {
	if (path === "/bytewise") {
		const bytes = ANSWERS["/chunked"];
		let i = 0;
		const timer = setInterval(() => {
			socket.write(bytes[i++], "latin1");
			if (i === bytes.length)
				clearInterval(timer);
		}, 1);
		return undefined;
	}
	if (CLOSING[path])
		socket.end(CLOSING[path]);
	return ANSWERS[path];
}, async (at, server) => {
	const agent = new http.Agent({ keepAlive: true });
	for (const path of [...Object.keys(ANSWERS), "/bytewise", ...Object.keys(CLOSING)]) {
		await new Promise((resolve) => {
			http.request({ ...at, agent, path, method: path === "/head" ? "HEAD" : "GET" }, (res) => {
				let body = "";
				res.on("data", (piece) => {
					body += piece.toString("latin1");
				});
				res.on("end", () => {
					console.log(path, res.statusCode, res.statusMessage, res.httpVersion, JSON.stringify(res.headers), JSON.stringify(body), res.complete,
						JSON.stringify(res.trailers), JSON.stringify(res.rawTrailers));
					resolve();
				});
			}).end();
		});
	}
	agent.destroy();
	server.close(() => console.log("done"));
});
