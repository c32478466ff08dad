// Back-pressure: a write says false, `drain` follows when the other side reads; pause and resume.
"use strict";
const net = require("net");

const TOTAL = 6_000_000;
let go;
const come = new Promise((resolve) => {
	go = resolve;
});
const server = net.createServer({ pauseOnConnect: true }, (socket) => {
	const began = [socket.isPaused(), socket.readableFlowing];
	let got = 0;
	socket.on("data", (piece) => {
		got += piece.length;
	});
	socket.on("end", () => {
		console.log("theirs", began, got, socket.bytesRead);
		socket.end(String(got));
	});
	socket.once("pause", () => console.log("never"));
	go(socket);
});
server.listen(0, "127.0.0.1", () => {
	const socket = net.connect(server.address().port, "127.0.0.1");
	const piece = Buffer.alloc(100_000, "x");
	let written = 0, drains = 0, stopped = false;
	function fill() {
		while (written < TOTAL) {
			written += piece.length;
			if (!socket.write(piece)) {
				if (!stopped) {
					stopped = true;
					console.log("stopped", written < TOTAL, socket.writableNeedDrain);
					come.then((theirs) => setTimeout(() => theirs.resume(), 20));
				}
				return;
			}
		}
		socket.end();
	}
	socket.on("drain", () => {
		drains++;
		fill();
	});
	socket.on("connect", fill);
	socket.on("data", (piece) => console.log("ours", String(piece)));
	socket.on("close", () => {
		console.log(drains > 0, socket.bytesWritten, socket.writableLength, socket.writableNeedDrain);
		server.close(() => console.log("done"));
	});
});
