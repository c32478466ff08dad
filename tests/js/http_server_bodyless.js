// Answers that have no body: HEAD, 204, 304; and what is written to them all the same.
const { run, get } = require("./http/raw");

function head(path = "/") {
	return get(path).replace("GET", "HEAD");
}

run([
	["HEAD", head(), (req, res) => res.end("never seen")],
	["HEAD, written", head(), (req, res) => {
		res.setHeader("A", "b");
		console.log(res.write("never", () => console.log("written")));
		res.end("seen");
	}],
	["HEAD with a length", head(), (req, res) => {
		res.setHeader("Content-Length", 1234);
		res.end();
	}],
	["204", undefined, (req, res) => res.writeHead(204).end()],
	["204 with a body", undefined, (req, res) => {
		res.writeHead(204);
		console.log(res.write("never"));
		res.end("seen");
	}],
	["304", undefined, (req, res) => {
		res.setHeader("ETag", '"a"');
		res.statusCode = 304;
		res.end();
	}],
	["304 with a body", undefined, (req, res) => {
		res.statusCode = 304;
		res.end("never seen");
	}],
	["205", undefined, (req, res) => res.writeHead(205).end()],
]);
