// A client that leaves while nobody listens for errors: no error is thrown.
const http = require("http");
const net = require("net");

const server = http.createServer((req, res) => {
	res.on("close", () => {
		console.log(req.aborted, req.destroyed, res.destroyed, res.closed, res.writableFinished, req.errored && req.errored.code);
		server.close(() => console.log("done"));
	});
	if (req.method === "POST")
		req.resume();
	setTimeout(() => client.destroy(), 10);
});
let client;
server.listen(0, "127.0.0.1", () => {
	client = net.connect(server.address().port, "127.0.0.1");
	client.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
});
