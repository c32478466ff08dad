// http.Agent: its options, its names, who waits, and which connections are used again.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

const plain = new http.Agent();
for (const agent of [plain, new http.Agent({ keepAlive: true, maxSockets: 3, maxFreeSockets: 7, timeout: 9, keepAliveMsecs: 5 }), http.Agent()])
	console.log(agent instanceof http.Agent, agent.keepAlive, agent.maxSockets, agent.maxFreeSockets, agent.maxTotalSockets, agent.keepAliveMsecs,
		agent.scheduling, agent.defaultPort, agent.protocol, agent.options.timeout, agent.sockets, agent.requests, agent.freeSockets);
console.log(plain.getName(), plain.getName({ host: "h", port: 5 }), plain.getName({ socketPath: "/x" }),
	plain.getName({ family: 6, localAddress: "l", host: "q" }), plain.getName({ family: 0 }));
console.log(http.Agent.defaultMaxSockets);

raw(({ path }, socket, number) => {
	if (path === "/slow") {
		setTimeout(() => socket.write(raw.ok(`${path} on ${number}`)), 30);
		return undefined;
	}
	return raw.ok(`${path} on ${number}`);
}, async (at, server) => {
	function run(agent, path) {
		return new Promise((resolve, reject) => {
			const request = http.get({ ...at, agent, path }, (res) => {
				let text = "";
				res.on("data", (piece) => {
					text += piece;
				});
				request.on("close", () => resolve([text, request.reusedSocket]));
			});
			request.on("error", reject);
		});
	}
	const keeping = new http.Agent({ keepAlive: true });
	console.log(await run(keeping, "/1"), await run(keeping, "/2"), await run(keeping, "/3"));
	console.log(await run(plain, "/4"), await run(plain, "/5"));
	console.log(await run(keeping, "/6"));

	const one = new http.Agent({ keepAlive: true, maxSockets: 1 });
	const name = one.getName(at);
	const all = ["/slow", "/second", "/third"].map((path) => run(one, path));
	console.log(one.sockets[name].length, one.requests[name].length, Object.keys(one.sockets).length);
	console.log(await Promise.all(all));
	console.log(one.requests[name], one.sockets[name]);

	const waiting = [], failed = []; // when who waits hears that it is given up is not said
	for (const path of ["/slow", "/given up", "/last"].map((path) => path.replace(" ", "-"))) {
		const request = http.get({ ...at, agent: one, path }, (res) => {
			console.log("answered", path);
			res.resume();
		});
		request.on("error", (error) => failed.push(path, error.code, error.message));
		request.on("socket", () => console.log("socket", path));
		waiting.push(new Promise((resolve) => request.on("close", resolve)));
		if (path === "/given-up")
			request.destroy();
	}
	await Promise.all(waiting);
	console.log(failed);
	keeping.destroy();
	one.destroy();
	server.close(() => console.log("done"));
});
