// A request's body, in all the ways in which a stream is read.
const { Transform, Writable, pipeline, finished } = require("stream");
const { once } = require("events");
const { run, post, get } = require("./http/raw");

const chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n";

run([
	["data and end", post("hello"), (req, res) => {
		const pieces = [];
		req.on("data", (piece) => pieces.push(piece));
		req.on("end", () => res.end(Buffer.concat(pieces)));
	}],
	["chunked", chunked, (req, res) => {
		let text = "";
		req.setEncoding("latin1").on("data", (piece) => {
			text += piece;
		}).on("end", () => res.end(text));
	}],
	["setEncoding", post("\u20ac\xe4"), (req, res) => {
		let text = "";
		req.setEncoding("utf8");
		req.on("data", (piece) => {
			text += piece;
		});
		req.on("end", () => res.end(String(text.length)));
	}],
	["for await", post("hello"), async (req, res) => {
		let n = 0;
		for await (const piece of req)
			n += piece.length;
		res.end(`${n} ${req.complete} ${req.readableEnded}`);
	}],
	["for await, of nothing", get(), async (req, res) => {
		for await (const piece of req)
			console.log("never", piece);
		res.end("empty");
	}],
	["readable and read", post("hello"), (req, res) => {
		let text = "";
		req.on("readable", () => {
			let piece;
			while ((piece = req.read()) !== null)
				text += piece;
		});
		req.on("end", () => res.end(text));
	}],
	["pipe", post("piped"), (req, res) => {
		res.on("pipe", (from) => console.log("pipe", from === req));
		res.on("unpipe", (from) => console.log("unpipe", from === req));
		req.pipe(res);
	}],
	["pipe, not ended", post("piped"), (req, res) => {
		req.pipe(res, { end: false });
		req.on("end", () => res.end(" and more"));
	}],
	["pipeline", post("letters"), (req, res, done) => {
		pipeline(req, new Transform({
			transform(piece, encoding, callback) {
				callback(null, String(piece).toUpperCase());
			},
		}), res, (error) => {
			console.log("pipeline", error ? error.message : "fine");
			done();
		});
	}],
	["pipeline that fails", post("letters"), (req, res, done) => {
		pipeline(req, new Transform({
			transform(piece, encoding, callback) {
				callback(new Error("on purpose"));
			},
		}), res, (error) => {
			console.log("pipeline", error.message);
			done();
		});
	}],
	["finished", post("x"), (req, res, done) => {
		let n = 0;
		const one = (name) => (error) => {
			console.log(name, error ? error.code : "fine");
			if (++n === 2)
				done();
		};
		finished(res, one("response"));
		finished(req, one("request"));
		req.resume();
		req.on("end", () => res.end());
	}],
	["once", post("x"), async (req, res) => {
		req.resume();
		await once(req, "end");
		res.end("ended");
	}],
	["paused and resumed", post("hello"), (req, res) => {
		req.pause();
		console.log(req.isPaused());
		req.on("data", (piece) => console.log(String(piece)));
		setTimeout(() => {
			console.log(req.isPaused());
			req.resume();
		}, 10);
		req.on("end", () => res.end());
	}],
	["to another sink", post("hello"), (req, res) => {
		req.pipe(new Writable({
			write(piece, encoding, callback) {
				console.log("sink", String(piece));
				callback();
			},
			final(callback) {
				callback();
				res.end("all");
			},
		}));
	}],
]);
