// server.maxConnections: who is one too many is dropped, and the server is told.
"use strict";
const net = require("net");

const server = net.createServer((socket) => {
	socket.write("welcome");
	socket.on("error", () => {});
});
server.maxConnections = 1;
server.on("drop", (data) => {
	console.log("drop", Object.keys(data).sort().join(), data.localAddress, data.localFamily, data.remoteAddress, data.remoteFamily,
		data.localPort === server.address().port, data.remotePort > 0);
});
server.listen(0, "127.0.0.1", () => {
	const { port } = server.address();
	const first = net.connect(port, "127.0.0.1");
	first.once("data", (piece) => {
		console.log("first", String(piece));
		const second = net.connect(port, "127.0.0.1");
		second.on("data", () => console.log("never"));
		second.on("error", () => {});
		second.on("close", () => {
			console.log("second is gone");
			server.getConnections((error, n) => {
				console.log(error, n);
				server.maxConnections = 2;
				const third = net.connect(port, "127.0.0.1");
				third.once("data", (piece) => {
					console.log("third", String(piece));
					third.destroy();
					first.destroy();
					server.close(() => console.log("done"));
				});
			});
		});
	});
});
