// The shortest proxy: test_js_proxy.py looks at how it streams, and at what it does when a side leaves.
"use strict";
const http = require("http");

const { hostname, port } = new URL(process.env.PROXY_TARGET);

module.exports = (req, res) => {
	const asked = http.request({ hostname, port, path: req.url, method: req.method, headers: req.headers }, (answer) => {
		res.writeHead(answer.statusCode, answer.headers);
		answer.pipe(res);
	});
	asked.on("error", (error) => {
		console.log("proxy:", error.code);
		if (!res.headersSent)
			res.writeHead(502).end(error.code);
		else
			res.destroy();
	});
	asked.on("close", () => console.log("proxy: closed"));
	req.pipe(asked);
};
