// The order of a request's and a response's events, when all goes well.
const { run, post, get } = require("./http/raw");

function watch(req, res, names = ["end", "close", "aborted", "error"]) {
	for (const name of names)
		req.on(name, () => console.log("req", name));
	for (const name of ["prefinish", "finish", "close", "error"])
		res.on(name, () => console.log("res", name, res.writableEnded, res.writableFinished, res.destroyed));
}

run([
	["a body that nobody reads", post("abc"), (req, res, done) => {
		watch(req, res);
		req.on("close", done);
		res.end("x", () => console.log("end's callback"));
	}],
	["no body, and none read", get(), (req, res, done) => {
		watch(req, res);
		req.on("close", done);
		res.end();
	}],
	["answered when the body has come", post("abc"), (req, res, done) => {
		watch(req, res);
		req.on("data", (piece) => console.log("data", String(piece)));
		req.on("end", () => res.end("x"));
		req.on("close", done);
	}],
	["a callback that is a tick's", get(), (req, res, done) => {
		watch(req, res, []);
		res.on("close", done);
		process.nextTick(() => {
			console.log("tick");
			res.end("later");
		});
	}],
	["streamed", get(), (req, res, done) => {
		watch(req, res);
		req.on("close", done);
		res.write("a");
		res.write("b");
		setImmediate(() => res.end("c"));
	}],
	["listeners behind the end", get(), (req, res, done) => {
		res.end("x");
		res.on("finish", () => console.log("finish"));
		res.on("close", () => {
			console.log("close", res.closed);
			done();
		});
	}],
	["resumed", post("abc"), (req, res, done) => {
		watch(req, res);
		req.on("close", done);
		req.resume();
		req.on("end", () => res.end("read"));
	}],
]);
