// A proxy between a server and a client of the same script: pipes both ways, what goes through and what breaks.
"use strict";
const http = require("http");

function listen(handler) {
	return new Promise((resolve) => {
		const server = http.createServer(handler);
		server.listen(0, "127.0.0.1", () => resolve([server, { host: "127.0.0.1", port: server.address().port }]));
	});
}

async function text(stream) {
	let all = "";
	for await (const piece of stream)
		all += piece;
	return all;
}

(async () => {
	const agent = new http.Agent({ keepAlive: true });
	const [behind, there] = await listen(async (req, res) => {
		if (req.url === "/broken") {
			res.writeHead(200, { "Content-Length": 10 });
			res.write("half");
			setTimeout(() => res.destroy(), 20);
			return;
		}
		if (req.url === "/large") {
			res.end(Buffer.alloc(2_000_000, "z"));
			return;
		}
		const body = await text(req);
		res.writeHead(201, "Mine", { "X-Method": req.method, "X-Length": req.headers["content-length"] ?? "none", "Set-Cookie": ["a=1", "b=2"] });
		res.write("<");
		res.end(`${body}>`);
	});
	const [proxy, here] = await listen((req, res) => {
		const asked = http.request({ ...there, agent, path: req.url, method: req.method, headers: req.headers }, (answer) => {
			res.writeHead(answer.statusCode, answer.statusMessage, answer.headers);
			answer.on("error", () => res.destroy());
			answer.pipe(res);
		});
		asked.on("error", (error) => {
			res.writeHead(502, { "Content-Type": "text/plain" });
			res.end(error.code);
		});
		req.pipe(asked);
	});

	function ask(path, options = {}, body = undefined) {
		return new Promise((resolve, reject) => {
			const request = http.request({ ...here, agent, path, ...options }, resolve);
			request.on("error", reject);
			request.end(body);
		});
	}
	for (const [method, body] of [["GET"], ["POST", "some body"], ["PUT", ""], ["DELETE"]]) {
		const res = await ask("/echo", { method }, body);
		console.log(method, res.statusCode, res.statusMessage, res.headers["x-method"], res.headers["x-length"], res.headers["set-cookie"], await text(res));
	}
	const head = await ask("/echo", { method: "HEAD" });
	console.log(head.statusCode, head.headers["x-method"], JSON.stringify(await text(head)));
	const large = await ask("/large");
	console.log((await text(large)).length, large.complete);
	const upload = await ask("/echo", { method: "POST" }, Buffer.alloc(1_000_000, "u"));
	console.log((await text(upload)).length);
	const broken = await ask("/broken");
	try {
		console.log(await text(broken));
	} catch (error) {
		console.log("broken off", error.code, broken.complete);
	}
	behind.close();
	behind.closeAllConnections();
	agent.destroy();
	proxy.close(() => console.log("done"));
	proxy.closeAllConnections();
})();
