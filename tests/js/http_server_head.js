// writeHead: its forms, what it does to headers that were set, and what it refuses.
const { run } = require("./http/raw");

function tried(f) {
	try {
		f();
		return "fine";
	} catch (error) {
		return `${error.name} ${error.code}: ${error.message}`;
	}
}

run([
	["status", undefined, (req, res) => res.writeHead(201).end("a")],
	["status, reason", undefined, (req, res) => res.writeHead(202, "Well Well").end()],
	["status, reason, headers", undefined, (req, res) => res.writeHead(203, "X", { "X-A": 1, "x-b": ["c", "d"] }).end("a")],
	["status, headers", undefined, (req, res) => res.writeHead(404, { A: "b" }).end("gone")],
	["a flat list", undefined, (req, res) => res.writeHead(200, ["A", "1", "B", "2", "A", "3"]).end()],
	["over what was set", undefined, (req, res) => {
		res.setHeader("A", "old");
		res.setHeader("Keep", "yes");
		res.writeHead(200, { a: "new", C: "more" });
		console.log(JSON.stringify(res.getHeaders()), res.getHeaderNames().join());
		res.end();
	}],
	["a flat list over what was set", undefined, (req, res) => {
		res.setHeader("A", "old");
		res.writeHead(200, ["a", "1", "a", "2"]);
		console.log(JSON.stringify(res.getHeaders()));
		res.end();
	}],
	["nobody else knows its headers", undefined, (req, res) => {
		res.writeHead(200, { A: 1 });
		console.log(res.getHeader("a"), res.hasHeader("a"), res.getHeaderNames().length, Object.keys(res.getHeaders()).length);
		res.end();
	}],
	["twice", undefined, (req, res) => {
		res.writeHead(200);
		console.log(tried(() => res.setHeader("a", "b")));
		console.log(tried(() => res.removeHeader("a")));
		console.log(tried(() => res.appendHeader("a", "b")));
		console.log(tried(() => res.flushHeaders()));
		res.end();
	}],
	["statuses that are none", undefined, (req, res) => {
		for (const status of [0, 99, 1000, -1, "abc", undefined, null, NaN, Infinity])
			console.log(String(status), tried(() => res.writeHead(status)));
		console.log(tried(() => res.writeHead("299")), res.statusCode);
		res.end();
	}],
	["headers that cannot be", undefined, (req, res) => {
		console.log(tried(() => res.writeHead(200, { "a b": 1 })));
		console.log(tried(() => res.writeHead(200, { a: "x\ny" })));
		console.log(tried(() => res.writeHead(200, { a: undefined })));
		console.log(tried(() => res.writeHead(200, "no\nway")));
		res.statusMessage = undefined;
		console.log(tried(() => res.writeHead(200, { fine: "1" })));
		res.end("x");
	}],
	["an odd list", undefined, (req, res) => {
		console.log(tried(() => res.writeHead(200, ["a", "b", "c"])));
		res.statusCode = 200;
		res.end();
	}],
	["a reason of one's own", undefined, (req, res) => {
		res.statusCode = 418;
		res.statusMessage = "Short And Stout";
		res.end();
	}],
	["reasons", undefined, (req, res) => {
		res.statusCode = 413;
		res.end();
	}],
	["a status without a name", undefined, (req, res) => {
		res.writeHead(299);
		console.log(res.statusMessage);
		res.end();
	}],
]);
