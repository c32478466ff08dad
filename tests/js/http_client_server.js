// http.request and http.createServer of one script: many requests at once, keep-alive, and who closes what.
"use strict";
const http = require("http");

const server = http.createServer((req, res) => {
	if (req.url === "/late")
		setTimeout(() => res.end("late"), 20);
	else
		req.pipe(res);
});
server.listen(0, "127.0.0.1", async () => {
	const at = { host: "127.0.0.1", port: server.address().port };
	const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
	function ask(path, body) {
		return new Promise((resolve, reject) => {
			const request = http.request({ ...at, agent, path, method: "POST" }, (res) => {
				const pieces = [];
				res.on("data", (piece) => pieces.push(piece));
				res.on("end", () => resolve(Buffer.concat(pieces)));
				res.on("error", reject);
			});
			request.on("error", reject);
			request.end(body);
		});
	}
	const bodies = Array.from({ length: 60 }, (_, i) => Buffer.alloc(i * 1000, String.fromCharCode(65 + i % 26)));
	const answers = await Promise.all(bodies.map((body) => ask("/echo", body)));
	console.log(answers.every((answer, i) => answer.equals(bodies[i])));
	console.log(String(await ask("/late")));

	const events = [];
	const request = http.request({ ...at, agent, method: "POST", path: "/echo", headers: { Expect: "100-continue" } }, (res) => {
		res.on("data", (piece) => events.push(String(piece)));
		res.on("end", () => events.push("end"));
	});
	request.on("continue", () => {
		events.push("continue");
		request.end("after 100");
	});
	await new Promise((resolve) => request.on("close", resolve));
	console.log(events);

	const leaving = http.get({ ...at, agent: false, path: "/late" });
	leaving.on("error", (error) => console.log(error.code));
	leaving.on("socket", (socket) => socket.on("connect", () => setTimeout(() => leaving.destroy(), 5)));
	await new Promise((resolve) => leaving.on("close", resolve));
	agent.destroy();
	server.close(() => console.log("done"));
	server.closeAllConnections();
});
