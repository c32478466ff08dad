// Several requests of one connection, one after the other and at once, and what comes with them.
const http = require("http");
const net = require("net");

let n = 0;
const server = http.createServer((req, res) => {
	n++;
	console.log(n, req.url, req.socket.remotePort > 0);
	if (req.url === "/slow")
		setTimeout(() => res.end("slow"), 20);
	else
		res.end(`answer to ${req.url}`);
});
server.listen(0, "127.0.0.1", () => {
	const socket = net.connect(server.address().port, "127.0.0.1");
	let text = "";
	socket.setEncoding("latin1");
	socket.on("data", (piece) => {
		text += piece;
	});
	socket.on("close", () => {
		console.log(text.match(/HTTP\/1\.1 \d+/g).join());
		console.log(text.match(/answer to \/\w+|slow/g).join());
		server.close(() => console.log("done"));
	});
	socket.write("GET /one HTTP/1.1\r\nHost: a\r\n\r\nGET /slow HTTP/1.1\r\nHost: a\r\n\r\n" +
		"POST /post HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nabGET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
});
