// Servers and handlers that test_js_http.py asks: streams, parked requests, failures.
const http = require("http");

const parked = new Set();
const handlers = {
	"/hello": (req, res) => res.end("Hello World\n"),
	"/head-twice": (req, res) => { // node 18 takes the second
		res.writeHead(200, { first: "yes" });
		try {
			res.writeHead(201);
		} catch (error) {
			res.end(`${error.code}: ${error.message}\n`);
		}
	},
	"/throw": () => {
		throw new Error("thrown by a listener");
	},
	"/throw-behind-the-head": (req, res) => {
		res.write("begun\n");
		throw new Error("thrown behind the head");
	},
	"/reject": async () => {
		await null;
		throw new Error("rejected by a listener");
	},
	"/several": (req, res) => {
		const server = http.createServer(() => {});
		server.on("request", async () => {
			await null;
			throw new Error("rejected by one of two listeners");
		});
		server.listen(0, () => http.get({ port: server.address().port }, (answer) => {
			server.close();
			answer.pipe(res.writeHead(answer.statusCode));
		}));
	},
	"/reject-behind-the-head": async (req, res) => {
		res.write("begun\n");
		await new Promise((resolve) => setImmediate(resolve));
		throw new Error("rejected behind the head");
	},
	"/echo": (req, res) => req.pipe(res),
	// As much as the reader takes, up to a limit that no reader of the test reaches.
	"/endless": (req, res) => {
		const piece = Buffer.alloc(65536, "e");
		let n = 0;
		(function more() {
			while (n < 100000) {
				n++;
				if (!res.write(piece)) {
					console.log(`endless: waits after ${n}`);
					res.once("drain", more);
					return;
				}
			}
		})();
		res.on("close", () => console.log(`endless: close after ${n}`, res.writableFinished));
	},
	"/park": (req, res) => {
		parked.add(res);
		console.log(`parked: ${parked.size}`);
		res.on("close", () => {
			parked.delete(res);
			console.log(`left: ${parked.size}`);
		});
	},
	"/wake": (req, res) => {
		for (const one of parked)
			one.end(`woken, ${one.req.headers["x-name"]}\n`);
		res.end(`${parked.size}\n`);
	},
	"/events": (req, res) => {
		res.writeHead(200, { "Content-Type": "text/event-stream" });
		res.flushHeaders();
		setImmediate(() => res.write("data: 1\n\n"));
	},
	// Requests of its own, each with agents that are nobody's behind it; then how much memory C has.
	"/agents": (req, res) => {
		let left = 2000;
		const { port } = server.address();
		const next = () => {
			if (left-- === 0)
				return res.end();
			const agent = left % 2 === 0 ? false : new http.Agent();
			http.get({ port, path: "/hello", agent }, (answer) => answer.resume().on("end", next));
		};
		next();
	},
	"/heap": (req, res) => res.end(`${process.memoryUsage().heapUsed}`),
	"/wrong-length": (req, res) => {
		res.writeHead(200, { "Content-Length": 5 });
		res.write("more than five");
		res.end();
	},
};

function handle(req, res) {
	const handler = handlers[req.url];
	if (handler !== undefined)
		return handler(req, res);
	res.writeHead(404);
	res.end();
	return undefined;
}

const server = http.createServer(handle);
server.listen(0, "127.0.0.1", () => console.log(`port ${server.address().port}`));
module.exports = handle;
