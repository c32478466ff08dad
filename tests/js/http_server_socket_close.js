// The socket of a request tells that its connection is over.
const http = require("http");
const net = require("net");
const os = require("os");
const path = require("path");

const cases = [
	["parked, and the client leaves", () => {}, true],
	["amid the answer, and the client leaves", (req, res) => res.write("a"), true],
	["with a body, and the client leaves", (req) => req.resume(), true],
	["destroyed at once", (req) => req.socket.destroy()],
	["destroyed amid the answer", (req, res) => {
		res.write("a");
		setImmediate(() => req.socket.destroy());
	}],
	["the request's", (req) => req.destroy()],
	["the answer's", (req, res) => res.destroy()],
	["behind the end", (req, res) => {
		res.end("bye");
		req.socket.destroy();
	}],
	["timed out", (req) => req.socket.setTimeout(10, () => {
		console.log("timeout");
		req.socket.destroy();
	})],
];

let i = 0, now, client;
const server = http.createServer((req, res) => {
	const { socket } = req;
	console.log(socket === res.socket, socket.timeout, socket.destroyed, socket.readyState);
	for (const name of ["aborted", "close"])
		req.on(name, () => console.log("req", name));
	res.on("close", () => console.log("res close"));
	socket.on("close", () => {
		console.log("socket close", socket.destroyed, socket.readyState);
		setImmediate(next);
	});
	const mine = client;
	now[1](req, res);
	if (now[2])
		setTimeout(() => mine.destroy(), 10);
});

function next() {
	now = cases[i++];
	if (now === undefined) {
		server.close(() => console.log("closed"));
		return;
	}
	console.log(`-- ${now[0]}`);
	client = net.connect(server.address().port, "127.0.0.1");
	client.on("error", () => {});
	client.resume();
	client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
}
server.listen(0, "127.0.0.1", next);

server.on("close", () => {
	const file = path.join(os.tmpdir(), `socket-close-${process.pid}`);
	const local = http.createServer(({ socket }, res) => {
		console.log(socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.address());
		res.end();
	}).listen(file, () => http.get({ socketPath: file, agent: false }, (res) => {
		res.resume();
		res.on("end", () => local.close(() => console.log("done")));
	}));
});
