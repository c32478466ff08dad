// A connection that is destroyed behind an answer that has been ended, and one that is denied an upgrade.
const http = require("http");
const net = require("net");
const { pipeline, Readable } = require("stream");

const upgrade = "Connection: Upgrade\r\nUpgrade: some\r\n";
const cases = [
	["end, socket.destroy", (req, res) => {
		res.end("bye");
		req.socket.destroy();
	}],
	["end, res.destroy", (req, res) => {
		res.end("bye");
		console.log(res.destroyed, res.destroy() === res, res.destroyed, res.writableFinished);
	}],
	["end, req.destroy", (req, res) => {
		res.end("bye");
		req.destroy();
	}],
	["pieces, end, socket.destroy", (req, res) => {
		res.write("good");
		res.end("bye");
		req.socket.destroy();
	}],
	["in the callback of end", (req, res) => res.end("bye", () => req.socket.destroy())],
	["in finish", (req, res) => res.on("finish", () => req.socket.destroy()).end("bye")],
	["in finish, behind pieces", (req, res) => {
		res.on("finish", () => req.socket.destroy());
		res.write("good");
		setImmediate(() => res.end("bye"));
	}],
	["in a microtask", (req, res) => {
		res.end("bye");
		Promise.resolve().then(() => req.socket.destroy());
	}],
	["later", (req, res) => setImmediate(() => {
		res.end("bye");
		req.socket.destroy();
	})],
	["without a body", (req, res) => {
		res.writeHead(204);
		res.end();
		req.socket.destroy();
	}],
	["behind a pipeline", (req, res) => pipeline(Readable.from(["good", "bye"]), res, (error) => {
		console.log("pipeline:", error);
		req.socket.destroy();
	})],
	["twice", (req, res) => {
		res.end("bye");
		req.socket.destroy();
		req.socket.destroy();
		res.destroy();
	}],
	["denied", (socket) => {
		socket.write("HTTP/1.1 401 Unauthorized\r\n\r\n");
		socket.destroy();
	}, upgrade],
	["denied, in two pieces", (socket) => {
		socket.write("HTTP/1.1 401 Unauthorized\r\n");
		socket.write("Content-Length: 2\r\n\r\nno", () => socket.destroy());
	}, upgrade],
	["denied with end", (socket) => {
		socket.end("HTTP/1.1 401 Unauthorized\r\n\r\n");
		socket.destroy();
	}, upgrade],
];

let i = 0, now;
const server = http.createServer((req, res) => now[1](req, res));
server.on("upgrade", (req, socket) => now[1](socket));

function next() {
	now = cases[i++];
	if (now === undefined) {
		server.close(() => console.log("done"));
		return;
	}
	console.log(`-- ${now[0]}`);
	const client = net.connect(server.address().port, "127.0.0.1");
	let text = "";
	client.setEncoding("latin1");
	client.on("data", (piece) => {
		text += piece;
	});
	client.on("error", (error) => console.log("error:", error.code));
	client.on("close", () => {
		const [head, body] = text.split("\r\n\r\n");
		console.log(head.split("\r\n")[0], JSON.stringify(body));
		setImmediate(next);
	});
	client.write(`GET / HTTP/1.1\r\nHost: a\r\n${now[2] ?? ""}\r\n`);
}
server.listen(0, "127.0.0.1", next);
