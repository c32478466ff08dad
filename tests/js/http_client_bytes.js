// What leaves: the first line, the fields and their order, the framing.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

raw(({ head, body }) => {
	console.log(JSON.stringify(head.replace(/:\d+\r/, ":PORT\r")), JSON.stringify(body));
	return raw.ok();
}, async (at, server) => {
	const agent = new http.Agent({ keepAlive: true });
	function run(options, act) {
		return new Promise((resolve) => {
			const request = http.request({ ...at, agent, ...options }, (res) => {
				res.resume();
				res.on("end", resolve);
			});
			act ? act(request) : request.end();
		});
	}
	await run({});
	await run({ path: "/a?b=c&d=%20", method: "get" });
	await run({ path: "/\"<>|{}^`[]" });
	await run({ headers: { A: 1, "x-b": ["1", "2"], Connection: "close", "X-Empty": "" } }, (request) => {
		request.setHeader("Foo", "bar");
		request.setHeader("foo", "baz");
		request.setHeader("X-Gone", "x");
		request.removeHeader("x-gone");
		request.end();
	});
	await run({ headers: { host: "else.where:81" } });
	await run({ auth: "user:pass\u00e4" });
	await run({ auth: "user:pass", headers: { Authorization: "Mine" } });
	await run({ method: "POST" });
	await run({ method: "PUT" }, (request) => request.end("12345"));
	await run({ method: "PATCH" }, (request) => request.end("\u00e4", "utf8"));
	await run({ method: "POST" }, (request) => request.end("c3a4", "hex"));
	await run({ method: "POST" }, (request) => {
		request.write("ab");
		request.write(Buffer.from("cd"));
		request.write("");
		request.end("ef");
	});
	await run({ method: "POST" }, (request) => {
		request.flushHeaders();
		request.end();
	});
	await run({ method: "POST", headers: { "Content-Length": 6 } }, (request) => {
		request.write("abc");
		request.end("def");
	});
	await run({ method: "POST", headers: { "Transfer-Encoding": "chunked" } }, (request) => request.end("abc"));
	await run({ method: "DELETE" });
	await run({ method: "OPTIONS", path: "*" });
	await run({ agent: false });
	await run({ agent: new http.Agent() });
	await run({ agent: new http.Agent({ maxSockets: 1 }) });
	await run({ method: "POST", headers: { Trailer: "X-Sum", "Transfer-Encoding": "chunked" } }, (request) => {
		request.write("abc");
		request.addTrailers({ "X-Sum": "42", "X-More": "yes" });
		request.end();
	});
	agent.destroy();
	server.close(() => console.log("done"));
});
