// Several listeners of one server, added and removed.
const http = require("http");
const { ask, get } = require("./http/raw");

const server = http.createServer();
server.on("request", (req) => {
	console.log("first");
	req.seen = 1;
});
server.on("request", (req, res) => {
	console.log("second", req.seen);
	res.end("x");
});
server.once("request", () => console.log("once"));
server.prependListener("request", function () {
	console.log("before", this === server);
});
server.listen(0, "127.0.0.1", () => {
	const { port } = server.address();
	ask(port, get(), (text) => {
		console.log(text.split("\r\n")[0]);
		server.removeAllListeners("request");
		server.on("request", function (req, res) {
			console.log("alone", this === server);
			res.end();
		});
		ask(port, get(), () => server.close(() => console.log("done")));
	});
});
