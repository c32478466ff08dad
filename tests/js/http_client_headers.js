// The header fields of a request: set, read, taken away, and as arrays.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

raw(({ head }) => raw.ok(head.split("\r\n").slice(1).join("\n")), async (at, server) => {
	const agent = new http.Agent({ keepAlive: true });
	function run(options, act = () => {}) {
		return new Promise((resolve) => {
			const request = http.request({ ...at, agent, ...options }, (res) => {
				let text = "";
				res.on("data", (piece) => {
					text += piece;
				});
				res.on("end", () => {
					console.log(text.replace(/:\d+$/m, ":PORT"));
					resolve();
				});
			});
			act(request);
			request.end();
		});
	}
	await run({ headers: { "x-one": "1", "X-Two": 2, "x-THREE": ["a", "b"], "X-Bool": true, "X-Null": null } }, (request) => {
		console.log(request.getHeader("X-ONE"), request.getHeader("x-two"), request.getHeader("x-three"), request.getHeaderNames());
		request.setHeader("X-One", "again");
		console.log(request.getRawHeaderNames(), request.hasHeader("x-oNe"));
	});
	await run({}, (request) => {
		console.log(request.setHeader("A", "1") === request, request.appendHeader("a", "2") === request, request.getHeader("A"));
		request.setHeaders(new Map([["b", "1"], ["C", "2"]]));
		request.removeHeader("host");
		console.log(request.hasHeader("host"));
		request.setHeader("Host", "mine");
		request.flushHeaders();
		console.log(request.headersSent);
		for (const act of [() => request.setHeader("x", "y"), () => request.removeHeader("a"), () => request.appendHeader("a", "3")]) {
			try {
				act();
			} catch (error) {
				console.log(error.code, error.message);
			}
		}
	});
	await run({ headers: { Cookie: ["a=1", "b=2"], "Set-Cookie": ["c", "d"] } });
	await run({ headers: { connection: "keep-alive", "keep-alive": "timeout=9" } });
	await run({ headers: { Host: "h", Accept: "*/*" } }, (request) => console.log(request.getHeaders()));
	agent.destroy();
	server.close(() => console.log("done"));
});
