// socket.setTimeout: who is told, when it is set anew, and that the socket stays open.
"use strict";
const net = require("net");

const server = net.createServer((socket) => {
	socket.on("error", () => {});
	socket.resume();
});
server.listen(0, "127.0.0.1", () => {
	const socket = net.connect(server.address().port, "127.0.0.1");
	for (const bad of ["x", NaN, -1, Infinity, undefined, null]) {
		try {
			socket.setTimeout(bad);
			console.log(bad, "fine");
		} catch (error) {
			console.log(error.name, error.code, error.message);
		}
	}
	try {
		socket.setTimeout(10, "x");
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
	const never = () => console.log("never");
	console.log(socket.timeout);
	console.log(socket.setTimeout(5, never) === socket, socket.timeout, socket.listenerCount("timeout"));
	socket.setTimeout(0, never);
	console.log(socket.timeout, socket.listenerCount("timeout"));
	socket.on("connect", () => {
		let times = 0;
		socket.on("timeout", () => {
			console.log("event", ++times, socket.destroyed, socket.writable);
			if (times === 2) {
				socket.setTimeout(0);
				setTimeout(() => socket.destroy(), 30);
			} else {
				socket.write("again");
				socket.setTimeout(20);
			}
		});
		socket.setTimeout(20, () => console.log("callback, once"));
	});
	socket.on("close", (failed) => {
		console.log("close", failed);
		server.close(() => console.log("done"));
	});
});
