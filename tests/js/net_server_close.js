// A server that closes: connections stay, `close` waits for them; twice, and when it never listened.
"use strict";
const net = require("net");

// Connects until nobody listens any more: a listener that all workers share goes a moment after its close.
function refused(code, options, done) {
	let last;
	const socket = net.connect(options);
	socket.on("error", (error) => {
		last = error;
	});
	socket.on("connect", () => socket.destroy());
	socket.on("close", (failed) => {
		if (last && last.code === code)
			done(last, failed);
		else
			setTimeout(refused, 10, code, options, done);
	});
}

const never = net.createServer();
never.close((error) => {
	console.log("never listened", error.name, error.code, error.message);
	never.on("close", () => console.log("not told"));
});
const server = net.createServer((socket) => {
	socket.on("data", (piece) => socket.write(piece));
	socket.on("error", () => {});
});
server.listen(0, "127.0.0.1", () => {
	const { port } = server.address();
	const socket = net.connect(port, "127.0.0.1", () => socket.write("one"));
	socket.once("data", (piece) => {
		console.log(String(piece));
		server.getConnections((error, n) => {
			console.log("connections", error, n);
			console.log(server.close((error) => {
				console.log("closed", error, server.listening, server.address());
				const late = net.connect(port, "127.0.0.1");
				late.on("error", (error) => console.log("nobody listens", error.code));
				late.on("close", () => server.close(async (error) => {
					console.log("again", error.code, await oursClosed);
					console.log("done");
				}));
			}) === server);
			console.log(server.listening, server.address());
			refused("ECONNREFUSED", { port, host: "127.0.0.1" }, (error) => {
				console.log("nobody listens", error.code);
				socket.write("two");
				socket.once("data", (piece) => {
					console.log(String(piece));
					socket.end();
				});
			});
		});
	});
	const oursClosed = new Promise((resolve) => socket.on("close", resolve));
});
server.on("close", () => console.log("close"));
