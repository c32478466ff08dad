// A request whose body is not read to its end, by `for await` or a pipeline, can still be answered.
const http = require("http");
const { Writable, pipeline } = require("stream");

const full = () => new Writable({ write: (piece, encoding, callback) => callback(new Error("full")) });
const ways = {
	async leave(req) {
		for await (const piece of req) {
			console.log("a piece:", piece.length > 0);
			break;
		}
	},
	async fail(req) {
		for await (const piece of req)
			throw new Error(`behind ${typeof piece}`);
	},
	async all(req) {
		let n = 0;
		for await (const piece of req)
			n += piece.length;
		console.log("read", n);
	},
	pipeline: (req) => new Promise((resolve) => pipeline(req, full(), (error) => {
		console.log("pipeline:", error.message);
		resolve();
	})),
};

const server = http.createServer(async (req, res) => {
	const [, way, listens] = req.url.split("/");
	req.on("aborted", () => console.log("aborted"));
	req.on("close", () => console.log("req close", req.destroyed, req.aborted, req.errored && req.errored.name, req.socket === null));
	if (listens)
		req.on("error", (error) => console.log("req error", error.name, error.message));
	res.on("close", () => console.log("res close", res.writableFinished));
	try {
		await ways[way](req);
	} catch (error) {
		console.log("caught", error.message);
	}
	console.log("answers", req.destroyed);
	setImmediate(() => res.end(`answered ${way}`));
});

const asks = [];
for (const listens of ["", "/listens"])
	for (const way of Object.keys(ways))
		for (const size of [10, 3e6])
			asks.push([`/${way}${listens}`, size]);

function next() {
	const ask = asks.shift();
	if (ask === undefined) {
		server.close(() => console.log("done"));
		return;
	}
	const [path, size] = ask;
	console.log(`-- ${path} ${size}`);
	const req = http.request({ port: server.address().port, host: "127.0.0.1", path, method: "POST", agent: false }, (res) => {
		let text = "";
		res.on("data", (piece) => {
			text += piece;
		});
		res.on("end", () => {
			console.log(res.statusCode, text);
			setTimeout(next, 10);
		});
	});
	req.on("error", (error) => console.log("client", error.code));
	req.end(Buffer.alloc(size));
}
server.listen(0, "127.0.0.1", next);
