// Classes of one's own, and what the module exports.
const http = require("http");
const stream = require("stream");
const { run } = require("./http/raw");

class Request extends http.IncomingMessage {
	get agent() {
		return this.headers["user-agent"] ?? "nobody";
	}
}
class Response extends http.ServerResponse {
	json(value) {
		this.setHeader("Content-Type", "application/json");
		this.end(JSON.stringify(value));
		return this;
	}
}

console.log(http.STATUS_CODES[200], http.STATUS_CODES[418], http.STATUS_CODES[413], Object.keys(http.STATUS_CODES).length > 60);
console.log(http.METHODS.includes("GET"), http.METHODS.includes("M-SEARCH"), http.METHODS.slice().sort().join() === http.METHODS.join());
console.log(typeof http.maxHeaderSize, http.IncomingMessage.name, http.ServerResponse.name, http.Server.name);
console.log(Object.getPrototypeOf(http.IncomingMessage.prototype) === stream.Readable.prototype,
	http.ServerResponse.prototype instanceof http.OutgoingMessage, http.OutgoingMessage.prototype instanceof stream.Stream);
for (const [f, ...args] of [[http.validateHeaderName, "fine"], [http.validateHeaderName, "not fine"], [http.validateHeaderName, "a b", "Label"],
	[http.validateHeaderValue, "x", "fine"], [http.validateHeaderValue, "x", "a\nb"], [http.validateHeaderValue, "x", undefined]])
	try {
		console.log(f(...args));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}

run([
	["one's own", undefined, (req, res) => {
		console.log(req instanceof Request, req instanceof http.IncomingMessage, res instanceof Response, res instanceof stream.Stream);
		res.json({ agent: req.agent });
	}],
	["properties of one's own", undefined, (req, res) => {
		req.user = { name: "x" };
		res.locals = { a: 1 };
		req.url = "/rewritten";
		res.json([req.url, req.user, res.locals]);
	}],
], { IncomingMessage: Request, ServerResponse: Response });
