// How an answer is framed, and where the script says so.
const { run } = require("./http/raw");

run([
	["a whole body", undefined, (req, res) => res.end("abc")],
	["a length that is set", undefined, (req, res) => {
		res.setHeader("Content-Length", 3);
		res.end("abc");
	}],
	["a length that is set, in pieces", undefined, (req, res) => {
		res.setHeader("Content-Length", "6");
		res.write("abc");
		res.end("def");
	}],
	["pieces", undefined, (req, res) => {
		res.write("abc");
		res.end("def");
	}],
	["Connection: close", "GET / HTTP/1.1\r\nHost: localhost\r\n\r\n", (req, res) => {
		res.setHeader("Connection", "close");
		res.end("x");
	}],
	["Transfer-Encoding: chunked", undefined, (req, res) => {
		res.setHeader("Transfer-Encoding", "chunked");
		res.write("x");
		res.end("y");
	}],
], { framing: true });
