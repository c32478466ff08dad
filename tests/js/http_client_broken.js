// Servers that go away or speak no HTTP: which side hears of it, and in what words.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

const ANSWERS = {
	"/nonsense": "nonsense\r\n\r\n",
	"/short": "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
	"/unfinished": "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
	"/head": "HTTP/1.1 200 OK\r\nContent-",
	"/nothing": "",
};

raw(({ path }, socket) => {
	if (path === "/reset")
		socket.resetAndDestroy();
	else
		socket.end(ANSWERS[path]);
	return undefined;
}, async (at, server) => {
	for (const path of [...Object.keys(ANSWERS), "/reset"]) {
		const request = http.get({ ...at, agent: false, path }, (res) => {
			res.on("data", (piece) => console.log(path, "data", String(piece)));
			res.on("end", () => console.log(path, "end"));
			res.on("error", (error) => console.log(path, "response's error", error.name, error.code, error.message));
			res.on("aborted", () => console.log(path, "aborted"));
			res.on("close", () => console.log(path, "response's close", res.complete, res.aborted, res.destroyed));
		});
		request.on("error", (error) => console.log(path, "error", error.name, error.code, path === "/nonsense" ? "" : error.message));
		await new Promise((resolve) => request.on("close", () => setTimeout(resolve, 10)));
	}
	// Nobody listens for the response's error: it is no uncaught one.
	const request = http.get({ ...at, agent: false, path: "/short" }, (res) => {
		res.resume();
		res.on("close", () => console.log("unheard", res.aborted));
	});
	await new Promise((resolve) => request.on("close", () => setTimeout(resolve, 10)));
	server.close(() => console.log("done"));
});
