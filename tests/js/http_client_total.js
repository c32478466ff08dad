// agent.maxTotalSockets: requests to all hosts wait for one another, bodies and ends of theirs, too.
"use strict";

const http = require("http");

const waiting = [], failed = [];
let most = 0, under = 0;
const server = http.createServer(async (req, res) => {
	let body = "";
	most = Math.max(most, ++under);
	for await (const piece of req)
		body += piece;
	waiting.push(() => {
		under--;
		res.end(`${req.method} ${req.url} ${body}`);
	});
	setImmediate(() => waiting.shift()());
}).listen(0, main);

function ask(agent, host, path, body) {
	return new Promise((resolve) => {
		const req = http.request({ agent, host, family: 4, port: server.address().port, path, method: body ? "POST" : "GET" });
		req.on("response", (res) => {
			res.setEncoding("utf8").on("data", (text) => console.log(host, text)).on("end", resolve);
		});
		req.on("error", (error) => resolve(failed.push(`${host} ${path} ${error.code}`)));
		for (const piece of body ?? [])
			req.write(piece);
		req.end();
		if (path === "/given-up")
			req.destroy();
	});
}

async function main() {
	const agent = new http.Agent({ maxTotalSockets: 1 });
	console.log(agent.maxTotalSockets, agent.totalSocketCount);
	const asked = [ask(agent, "127.0.0.1", "/a"), ask(agent, "localhost", "/b", ["one", "two"]), ask(agent, "127.0.0.1", "/c", ["three"]),
		ask(agent, "localhost", "/given-up"), ask(agent, "localhost", "/d")];
	console.log(agent.totalSocketCount, Object.values(agent.requests).flat().length >= 3);
	await Promise.all(asked);
	console.log(failed, most, Object.keys(agent.requests).length);
	for (const bad of ["1", 0, -1, NaN, null])
		try {
			console.log(new http.Agent({ maxTotalSockets: bad }).maxTotalSockets);
		} catch (error) {
			console.log(error.name, error.code, error.message);
		}
	server.close(() => console.log("done"));
}
