// The order of a request's events, in each of the ways in which one ends.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

function follow(name, request) {
	for (const event of ["socket", "finish", "response", "abort", "close", "timeout", "information", "continue", "drain"])
		request.on(event, (...args) => console.log(name, event, event === "close" ? args.length : ""));
	request.on("error", (error) => console.log(name, "error", error.code, error.message, request.destroyed));
	return new Promise((resolve) => request.on("close", () => setTimeout(resolve, 10)));
}

raw((request, socket) => {
	switch (request.path) {
	case "/cut":
		socket.write("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc");
		setTimeout(() => socket.end(), 20);
		return undefined;
	case "/none":
		socket.end();
		return undefined;
	case "/close":
		return "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok";
	case "/early":
		return `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${raw.ok()}`;
	default:
		return raw.ok();
	}
}, async (at, server) => {
	const agent = new http.Agent({ keepAlive: true });
	async function run(name, options, act) {
		const request = http.request({ ...at, agent, path: `/${encodeURIComponent(name)}`, ...options }, (res) => {
			for (const event of ["end", "close", "aborted", "error"])
				res.on(event, (error) => console.log(name, "response's", event, error && error.code, error && error.message, res.complete));
			res.resume();
		});
		const over = follow(name, request);
		act(request);
		console.log(name, "asked");
		await over;
	}
	const end = (request) => request.end();
	await run("get", {}, end);
	await run("post", { method: "POST" }, (request) => request.end("body"));
	await run("pieces", { method: "POST" }, (request) => {
		request.write("one");
		request.write("two", () => console.log("written"));
		request.end("three", () => console.log("ended"));
	});
	for (const name of ["cut", "none", "close", "early"])
		await run(name, {}, end);
	await run("refused", { port: 1 }, end);
	await run("destroyed", {}, (request) => request.destroy());
	await run("destroyed with an error", {}, (request) => {
		request.end();
		request.destroy(new Error("on purpose"));
	});
	await run("aborted", {}, (request) => {
		request.end();
		request.abort();
	});
	agent.destroy();
	server.close(() => console.log("done"));
});
