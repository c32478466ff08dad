// Upgrade: the socket of a request, from its server's event on.
const http = require("http");
const { ask } = require("./http/raw");
const request = "GET /chat HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n";

const server = http.createServer((req, res) => {
	console.log("request", req.url, req.headers.upgrade);
	res.end("plain");
});
server.on("upgrade", (req, socket, head) => {
	console.log("upgrade", req.url, req.method, req.headers.upgrade, Buffer.isBuffer(head));
	socket.write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n");
	socket.on("data", (piece) => socket.end(`echo ${piece}`));
	socket.on("close", () => console.log("socket close"));
});
server.listen(0, "127.0.0.1", () => {
	const { port } = server.address();
	let sent = false;
	const socket = ask(port, request, (text) => {
		console.log(JSON.stringify(text));
		server.removeAllListeners("upgrade");
		ask(port, "GET /none HTTP/1.1\r\nHost: a\r\nConnection: close, Upgrade\r\nUpgrade: echo\r\n\r\n", (answer) => {
			console.log(answer.split("\r\n")[0], answer.slice(-5));
			server.close(() => console.log("done"));
		});
	});
	socket.on("data", (piece) => {
		if (!sent && piece.includes("\r\n\r\n")) {
			sent = true;
			socket.write("hello");
		}
	});
});
