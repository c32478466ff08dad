// Ending: callbacks, twice, behind the end, and answers that come before it.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

raw(({ body }) => raw.ok(String(body.length)), async (at, server) => {
	const agent = new http.Agent({ keepAlive: true });
	const post = (options) => http.request({ ...at, agent, method: "POST", ...options });
	const over = (request) => new Promise((resolve) => {
		request.on("response", (res) => res.resume());
		request.on("error", (error) => console.log("error", error.code, error.message));
		request.on("close", () => setTimeout(resolve, 10));
	});

	let request = post();
	let closed = over(request);
	console.log(request.end("a", "utf8", () => console.log("callback", request.writableFinished)) === request);
	console.log(request.end(() => console.log("second callback")) === request);
	console.log(request.writableEnded, request.finished, request.writableFinished);
	await closed;
	request.end((error) => console.log("third", error.code, error.message));
	await new Promise((resolve) => setImmediate(resolve));

	request = post();
	closed = over(request);
	request.end("a");
	console.log(request.write("late", (error) => console.log("late", error.code, error.message)));
	await closed;

	request = post();
	closed = over(request);
	request.on("finish", () => console.log("finish"));
	console.log(request.write("one", "latin1", (error) => console.log("one", !!error)));
	console.log(request.write(new Uint8Array([65, 66]), (error) => console.log("two", !!error)));
	console.log(request.end(Buffer.from("three"), (error) => console.log("three", !!error)) === request);
	await closed;

	request = post({ method: "GET" });
	closed = over(request);
	request.end(undefined, undefined, () => console.log("undefined"));
	await closed;

	request = post({ headers: { "Content-Length": 3 } });
	closed = over(request);
	request.write("abc");
	setTimeout(() => request.end(), 10);
	await closed;
	agent.destroy();
	server.close(() => console.log("done"));
});
