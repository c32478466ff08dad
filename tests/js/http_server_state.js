// What a response says of itself, from its begin to its end.
const { run, get } = require("./http/raw");

function state(res) {
	return [res.headersSent, res.finished, res.writableEnded, res.writableFinished, res.destroyed, res.closed,
		res.writable, res.statusCode, res.statusMessage, res.errored, res.writableObjectMode, res.writableCorked].join(" ");
}

run([
	["whole", get(), (req, res, done) => {
		console.log(state(res));
		res.on("close", () => {
			console.log(state(res));
			done();
		});
		res.end("x");
		console.log(state(res));
	}],
	["with a head", get(), (req, res, done) => {
		res.writeHead(404);
		console.log(state(res));
		res.on("finish", () => {
			console.log(state(res));
			done();
		});
		res.end();
	}],
	["nobody listens", get(), (req, res, done) => {
		const look = () => res.closed ? done(state(res)) : setTimeout(look, 5);
		res.end("y");
		look();
	}],
	["corked", get(), (req, res) => {
		res.cork();
		res.cork();
		console.log(res.writableCorked);
		res.write("a");
		res.write("b");
		res.uncork();
		console.log(res.writableCorked);
		res.uncork();
		res.end("c");
	}],
	["its request", get("/a?b=c", "X-A: 1\r\n"), (req, res) => {
		console.log(res.req === req, req.method, req.url, req.httpVersion, req.httpVersionMajor, req.httpVersionMinor,
			req.complete, req.aborted, req.destroyed, req.readable, req.readableEnded, req.statusCode, req.statusMessage,
			req.headers["x-a"], req.upgrade, req.readableFlowing, req.readableHighWaterMark > 0);
		res.end();
	}],
]);
