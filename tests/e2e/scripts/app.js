// The handlers that test_js.py asks for, one for each path.
const { pipeline, Transform } = require("stream");

const parked = [];
const handlers = {
	"/hello": (req, res) => res.end("Hello World\n"),
	"/throw": () => {
		throw new TypeError("thrown on purpose");
	},
	"/reject": async () => {
		await null;
		throw new Error("rejected on purpose");
	},
	"/throw-late": (req, res) => {
		res.writeHead(200, { "Content-Type": "text/plain" });
		res.write("begun\n");
		setTimeout(() => {
			res.end("and ended\n");
			throw new Error("thrown by a timer");
		}, 1);
	},
	"/throw-after-head": (req, res) => {
		res.write("begun\n");
		throw new Error("thrown behind the head");
	},
	"/nobody": (req, res) => {
		Promise.reject(new RangeError("nobody handles this"));
		res.end("ok\n");
	},
	"/echo": (req, res) => {
		res.setHeader("X-Method", req.method);
		req.pipe(res);
	},
	"/upper": (req, res) => pipeline(req, new Transform({
		transform(piece, encoding, done) {
			done(null, piece.toString("latin1").toUpperCase());
		},
	}), res, (error) => error && console.error("pipeline:", error.message)),
	"/collect": async (req, res) => {
		let n = 0;
		for await (const piece of req)
			n += piece.length;
		res.setHeader("Content-Type", "application/json");
		res.end(JSON.stringify({ n, url: req.url, complete: req.complete, type: req.headers["content-type"] }));
	},
	"/head": (req, res) => {
		res.statusCode = 201;
		res.statusMessage = "Made Here";
		res.setHeader("X-One", "1");
		res.setHeader("Set-Cookie", ["a=1", "b=2"]);
		res.appendHeader("X-One", "2");
		res.removeHeader("X-None");
		res.end(JSON.stringify([res.headersSent, res.getHeaderNames(), res.hasHeader("x-one"), req.rawHeaders.length > 2]));
	},
	"/bad-header": (req, res) => {
		try {
			res.setHeader("X-Bad", "a\r\nb: c");
		} catch (error) {
			res.end(error.code);
		}
	},
	"/twice": (req, res) => {
		res.end("one\n");
		res.end("two\n");
		try {
			res.setHeader("X", "y");
		} catch (error) {
			console.log("twice:", error.code, req.headers.host !== undefined);
		}
	},
	"/late": (req, res) => setTimeout(() => res.end(`late ${req.headers["x-name"]}\n`), 5),
	"/finish": (req, res) => {
		res.on("finish", () => console.log("event: finish"));
		res.on("close", () => console.log("event: close", req.headers["x-name"], res.writableFinished));
		res.end("ok\n");
	},
	"/park": (req, res) => {
		parked.push(res);
		res.on("close", () => {
			console.log("parked: close", res.writableFinished);
			parked.splice(parked.indexOf(res), 1);
		});
	},
	"/wake": (req, res) => {
		const n = parked.length;
		for (const one of parked.slice())
			one.end("woken\n");
		res.end(`${n}\n`);
	},
	"/flood": (req, res) => {
		let n = 0;
		const piece = Buffer.alloc(65536, "x");
		(function more() {
			while (n++ < 100)
				if (!res.write(piece))
					return res.once("drain", more);
			res.end();
		})();
	},
	"/events": (req, res) => {
		res.writeHead(200, { "Content-Type": "text/event-stream" });
		let n = 0;
		const beat = setInterval(() => res.write(`id: ${++n}\n\n`), 5);
		res.on("close", () => {
			clearInterval(beat);
			console.log("events: close");
		});
	},
	"/exit": (req, res) => {
		res.end("bye\n");
		process.exit(0);
	},
	"/loop": () => {
		spin(Date.now() + 1600);
	},
	// Not as fast as can be: between once and twice what it may have it is to be seen in code of its own.
	"/memory": () => {
		const all = [];
		for (let sum = 0; ; ) {
			for (let i = 0; i < 10000; i++)
				sum = (sum ^ i) + all.length | 0;
			all.push(new Array(1000).fill(sum));
		}
	},
	"/require": (req, res) => {
		try {
			require(`./not-loaded${req.headers["x-name"] || "-yet"}`);
		} catch (error) {
			res.end(`${error.code} ${error.message}`);
		}
	},
	"/maybe": (req, res) => {
		try {
			require("./not-there");
		} catch (error) {
			res.end(error.code);
		}
	},
	"/pid": (req, res) => res.end(String(process.pid)),
};

// In its own code nearly all the time, as a loop that has gone wrong is.
function spin(until) {
	let turns = 0;
	while (Date.now() < until)
		for (let i = 0; i < 100000; i++)
			turns += i % 3;
	return turns;
}

process.on("SIGUSR1", () => console.log("got SIGUSR1"));
process.on("exit", (code) => console.log("exit", code));

module.exports = (req, res) => {
	const handler = handlers[req.url.split("?")[0]];
	if (handler === undefined) {
		res.writeHead(404, "Nothing Here");
		res.end();
		return undefined;
	}
	return handler(req, res);
};
