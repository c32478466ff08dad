// destroy of requests, responses and their sockets.
const { run, post, get } = require("./http/raw");

run([
	["of a response", undefined, (req, res, done) => {
		console.log(res.destroy() === res, res.destroyed, res.destroy() === res);
		res.on("close", () => {
			console.log("close", res.writableFinished, res.closed);
			done();
		});
		res.on("finish", () => console.log("never"));
	}],
	["of a request", post("abc"), (req, res, done) => {
		for (const name of ["aborted", "close"])
			req.on(name, () => console.log(name, req.destroyed));
		res.on("close", done);
		console.log(req.destroy() === req, req.destroyed);
	}],
	["of a request, with an error", post("abc"), (req, res, done) => {
		req.on("error", (error) => console.log("error", error.message));
		req.on("close", () => console.log("req close"));
		res.on("close", done);
		req.destroy(new Error("on purpose"));
	}],
	["of its socket", get(), (req, res, done) => {
		res.on("close", () => {
			console.log("close");
			done();
		});
		req.socket.destroy();
	}],
	["written to afterwards", undefined, (req, res, done) => {
		res.destroy();
		res.on("error", (error) => console.log("error", error.code));
		console.log(res.write("x", (error) => {
			console.log("callback", error.code);
			done();
		}));
		console.log(res.end("y") === res);
	}],
]);
