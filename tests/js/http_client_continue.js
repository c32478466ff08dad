// Interim answers: 100 lets the body go, others are told, the last one is the answer.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");
const net = require("net");

function follow(request) {
	request.on("continue", () => console.log("continue"));
	request.on("information", (info) => console.log("information", info.statusCode, info.statusMessage, info.httpVersion, info.httpVersionMajor,
		info.httpVersionMinor, info.headers, info.rawHeaders));
	request.on("error", (error) => console.log(error.code));
	return new Promise((resolve) => request.on("response", (res) => {
		console.log("response", res.statusCode);
		res.resume();
		request.on("close", resolve);
	}));
}

// The head comes alone, since the request waits.
const waiting = net.createServer((socket) => {
	socket.on("error", () => {});
	socket.once("data", (head) => {
		console.log(head.toString().replace(/:\d+\r/, ":PORT\r").split("\r\n"));
		socket.write("HTTP/1.1 100 Continue\r\n\r\n");
		let text = "";
		socket.on("data", (piece) => {
			text += piece;
			if (text.endsWith("0\r\n\r\n")) {
				console.log(JSON.stringify(text));
				socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
			}
		});
	});
});

waiting.listen(0, "127.0.0.1", async () => {
	const request = http.request({ host: "127.0.0.1", port: waiting.address().port, agent: false, method: "POST", headers: { Expect: "100-continue" } });
	request.on("continue", () => request.end("the body"));
	console.log(request.headersSent);
	await follow(request);
	waiting.close();

	raw(({ path }) => {
		if (path === "/hints")
			return `HTTP/1.1 103 Early Hints\r\nLink: </a>; rel=preload\r\nlink: </b>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\n${raw.ok()}`;
		return "HTTP/1.1 417 No\r\nContent-Length: 0\r\n\r\n";
	}, async (at, server) => {
		await follow(http.get({ ...at, agent: false, path: "/hints" }));
		const refused = http.request({ ...at, agent: false, method: "POST", path: "/no", headers: { Expect: "100-continue", "Content-Length": 0 } });
		const over = follow(refused);
		refused.end();
		await over;
		server.close(() => console.log("done"));
	});
});
