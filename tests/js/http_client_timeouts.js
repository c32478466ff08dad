// Timeouts of a request: by option, by setTimeout, by the socket; what they do not do.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

function over(name, request) {
	request.on("error", (error) => console.log(name, "error", error.code, error.message));
	return new Promise((resolve) => request.on("close", () => {
		console.log(name, "close", request.destroyed);
		resolve();
	}));
}

let come;
const late = new Promise((resolve) => {
	come = resolve;
});
raw(({ path }, socket) => {
	if (path === "/late")
		come(socket);
	if (path === "/half")
		socket.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab");
	return undefined;
}, async (at, server) => {
	const base = { ...at, agent: false };
	let request = http.get({ ...base, timeout: 30 });
	request.on("timeout", () => {
		console.log("option", request.destroyed, request.timeout);
		request.destroy();
	});
	await over("option", request);

	request = http.request(base);
	console.log(request.setTimeout(30, () => request.destroy(new Error("too slow"))) === request, request.timeout);
	request.end();
	await over("method", request);

	request = http.get(base);
	request.on("socket", (socket) => {
		socket.setTimeout(30);
		socket.on("timeout", () => request.destroy(Object.assign(new Error("the socket's"), { code: "MINE" })));
	});
	await over("socket", request);

	request = http.get({ ...base, path: "/late", timeout: 20 }, (res) => {
		console.log("late", res.statusCode);
		res.resume();
	});
	request.once("timeout", async () => {
		console.log("goes on", request.destroyed);
		(await late).write(raw.ok());
	});
	await over("late", request);

	request = http.get({ ...base, path: "/half" }, (res) => {
		res.setTimeout(30, () => res.destroy());
		res.on("data", (piece) => console.log(String(piece)));
		res.on("aborted", () => console.log("aborted"));
		res.on("error", (error) => console.log("response's error", error.code, error.message));
		res.on("close", () => console.log("response's close", res.complete));
	});
	await over("half", request);

	const controller = new AbortController();
	request = http.get({ ...base, signal: controller.signal });
	setTimeout(() => controller.abort(), 20);
	request.on("error", (error) => console.log(error.name, error.code, error.message));
	await new Promise((resolve) => request.on("close", resolve));

	request = http.get({ ...base, signal: AbortSignal.abort() });
	request.on("error", (error) => console.log(error.name, error.code, error.message));
	await new Promise((resolve) => request.on("close", resolve));
	server.close(() => console.log("done"));
});
