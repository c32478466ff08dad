// Trailers, both ways.
const { run, get } = require("./http/raw");

function chunked(trailers) {
	return `POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\n${trailers}\r\n`;
}

run([
	["of a request", chunked("X-Sum: 1\r\nx-sum: 2\r\nX-Other: y\r\n"), (req, res) => {
		console.log(req.complete, JSON.stringify(req.trailers), req.rawTrailers.length);
		req.on("end", () => {
			console.log(req.complete, JSON.stringify(req.trailers), req.rawTrailers, JSON.stringify(req.trailersDistinct));
			res.end();
		});
		req.resume();
	}],
	["of a request that has none", chunked(""), (req, res) => {
		req.resume().on("end", () => {
			console.log(JSON.stringify(req.trailers), req.rawTrailers);
			res.end();
		});
	}],
	["of a response", undefined, (req, res) => {
		res.writeHead(200, { Trailer: "X-Sum" });
		res.write("abc");
		res.addTrailers({ "X-Sum": "7" });
		res.end();
	}],
	["of a response, as a list", undefined, (req, res) => {
		res.write("abc");
		res.addTrailers([["A", "1"], ["B", "2"]]);
		res.end("def");
	}],
	["that cannot be", undefined, (req, res) => {
		for (const trailers of [{ "a b": "1" }, { a: "x\ny" }])
			try {
				res.addTrailers(trailers);
			} catch (error) {
				console.log(error.name, error.code, error.message);
			}
		res.end();
	}],
]);
