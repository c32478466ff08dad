// Requests and responses that are given up, at each stage.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

function follow(name, request) {
	request.on("error", (error) => console.log(name, "error", error.code, error.message));
	request.on("abort", () => console.log(name, "abort"));
	return new Promise((resolve) => request.on("close", () => {
		console.log(name, "close", request.destroyed, request.aborted, request.errored && request.errored.message);
		setTimeout(resolve, 10);
	}));
}

raw(({ path }) => path === "/half" ? "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab" : undefined, async (at, server) => {
	const base = { ...at, agent: false };
	let request = http.get(base);
	let over = follow("when there is a socket", request);
	request.on("socket", () => console.log(request.destroy() === request, request.destroyed));
	await over;

	request = http.get(base);
	over = follow("when it is sent", request);
	request.on("finish", () => request.destroy());
	await over;

	request = http.get(base);
	over = follow("with an error", request);
	request.on("finish", () => request.destroy(Object.assign(new Error("enough"), { code: "MINE" })));
	await over;

	request = http.get(base);
	over = follow("aborted when it is sent", request);
	request.on("finish", () => request.abort());
	await over;

	request = http.request({ ...base, method: "POST" });
	over = follow("with a body under way", request);
	request.write("abc");
	request.on("socket", (socket) => socket.on("connect", () => request.destroy()));
	await over;
	request.write("late", (error) => console.log("late", error.code));
	request.end("later");
	await new Promise((resolve) => setImmediate(resolve));

	for (const error of [undefined, new Error("the response's")]) {
		request = http.get({ ...base, path: "/half" }, (res) => {
			res.on("aborted", () => console.log("aborted"));
			res.on("error", (error) => console.log("response's error", error.message));
			res.on("close", () => console.log("response's close", res.complete, res.aborted, res.destroyed));
			res.once("data", () => console.log(res.destroy(error) === res));
		});
		await follow("response destroyed", request);
	}

	request = http.get({ ...base, path: "/half" }, (res) => {
		res.on("aborted", () => console.log("aborted"));
		res.on("error", (error) => console.log("response's error", error.code, error.message));
		res.on("close", () => console.log("response's close", res.complete));
		res.once("data", () => request.destroy());
	});
	await follow("request destroyed while it is answered", request);

	request = http.get(base);
	over = follow("twice", request);
	request.destroy(new Error("first"));
	request.destroy(new Error("second"));
	request.abort();
	await over;
	server.close(() => console.log("done"));
});
