// Clients of HTTP/1.0.
const { run } = require("./http/raw");
const request = "GET / HTTP/1.0\r\nHost: localhost\r\n\r\n";

run([
	["whole", request, (req, res) => {
		console.log(req.httpVersion, req.httpVersionMajor, req.httpVersionMinor);
		res.end("x");
	}],
	["in pieces", request, (req, res) => {
		res.write("x");
		res.write("y");
		res.end("z");
	}],
	["no body", request, (req, res) => res.writeHead(204).end()],
	["without a Host", "GET /no HTTP/1.0\r\n\r\n", (req, res) => {
		console.log(req.url, req.headers.host);
		res.end("fine");
	}],
]);
