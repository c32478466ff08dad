// Reading by hand: setEncoding, read(n), readable, unshift, and a half of what came.
"use strict";
const net = require("net");

// The second half comes when the client has said that it has the first.
const server = net.createServer((socket) => {
	socket.write(Buffer.from("\u20ac uro", "utf8").subarray(0, 2));
	socket.once("data", () => socket.end(Buffer.from("\u20ac uro", "utf8").subarray(2)));
});
server.listen(0, "127.0.0.1", () => {
	const socket = net.connect(server.address().port, "127.0.0.1");
	console.log(socket.setEncoding("utf8") === socket, socket.readableEncoding);
	let all = "";
	socket.once("connect", () => socket.write("go on"));
	socket.on("readable", () => {
		let piece;
		while ((piece = socket.read(1)) !== null)
			all += `[${piece}]`;
	});
	socket.on("end", () => {
		console.log(all, socket.bytesRead);
		second();
	});
});

function second() {
	const socket = net.connect(server.address().port, "127.0.0.1");
	const pieces = [];
	socket.once("data", (piece) => {
		socket.pause();
		socket.unshift(Buffer.from("<"));
		socket.write("go on");
		setTimeout(() => {
			socket.on("data", (more) => pieces.push(more));
			socket.on("end", () => {
				console.log(Buffer.concat(pieces).toString("hex"), piece.length, socket.readableEnded);
				server.close(() => console.log("done"));
			});
			socket.resume();
		}, 60);
		console.log(socket.isPaused(), socket.readableFlowing);
	});
}
