// What may stand for a URL, and what its parts and the options beside it make of the request.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

raw(({ head }) => {
	const [line, ...fields] = head.split("\r\n");
	return raw.ok(JSON.stringify([line, fields.filter((field) => !/^connection/i.test(field)).join("|").replace(/:\d+$|:\d+(?=\|)/g, ":PORT")]));
}, async ({ host, port }, server) => {
	async function run(...args) {
		const res = await new Promise((resolve, reject) => http.get(...args, resolve).on("error", reject));
		res.setEncoding("utf8");
		let text = "";
		for await (const piece of res)
			text += piece;
		console.log(text, res.req.path, res.req.host, res.req.protocol, res.req.method);
	}
	const base = `http://${host}:${port}`;
	await run(base);
	await run(`${base}/`);
	await run(`${base}/a/../b?c=d e#f`);
	await run(`${base}/\u00e4`);
	await run(new URL(`http://us%40er:p%3Aw@${host}:${port}/x?y#z`));
	await run(`${base}/one`, { path: "/two", headers: { A: "b" } });
	await run(`${base}/one`, { method: "GET", hostname: "127.0.0.1" });
	await run(new URL(`${base}/one`), { headers: { Host: "mine" } });
	await run({ host, port, path: "/plain", protocol: "http:" });
	await run({ hostname: host, host: "not.used.invalid", port: String(port), pathname: "/not/used" });
	await run({ host, port, path: "", setHost: true });
	await run({ ...new URL(`${base}/spread`), host, port });
	await run({ host, defaultPort: port, path: "/default" });
	http.globalAgent.destroy();
	server.close(() => console.log("done"));
});
