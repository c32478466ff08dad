// Writing: callbacks, encodings, corks, and what is written when nothing can be any more.
"use strict";
const net = require("net");

const server = net.createServer((socket) => {
	const pieces = [];
	socket.on("data", (piece) => pieces.push(piece));
	socket.on("error", () => {});
	socket.on("end", () => {
		const all = Buffer.concat(pieces);
		if (all.length > 0)
			console.log("theirs", all.length, all.subarray(0, 60).toString("latin1"), socket.bytesRead);
		socket.end();
	});
});
server.listen(0, "127.0.0.1", () => {
	const socket = net.connect(server.address().port, "127.0.0.1");
	console.log(socket.write("before it is there "), socket.bytesWritten);
	socket.on("connect", () => {
		console.log("connect", socket.bytesWritten);
		socket.write("utf8 \u00e4 ", () => console.log("first"));
		socket.write("e4", "hex", () => console.log("second"));
		socket.write("IMOk", "base64");
		socket.write(Buffer.from("buffer "), () => console.log("third"));
		socket.write(new Uint8Array([97, 98, 99]), () => console.log("fourth"));
		socket.write("", () => console.log("empty"));
		socket.cork();
		socket.write(" corked ");
		socket.write("\u00e4", "latin1", () => console.log("uncorked"));
		console.log(socket.writableCorked, socket.writableLength);
		socket.uncork();
		console.log(socket.bytesWritten);
		for (const bad of [5, null, undefined, {}, true]) {
			try {
				socket.write(bad);
			} catch (error) {
				console.log(error.name, error.code, error.message.replace(/Buffer.*Received/, "Received")); // nodes differ in between
			}
		}
		socket.end("!", "utf8", () => {
			console.log("ended", socket.bytesWritten, socket.writableFinished);
		});
	});
	socket.on("close", (failed) => {
		console.log("close", failed, socket.bytesWritten);
		socket.write("later", (error) => {
			console.log("later", error.code);
			late(server.address().port);
		});
	});
});

// Behind an end: an error, to the callback and as an event, and the socket is destroyed.
function late(port) {
	const socket = net.connect(port, "127.0.0.1");
	socket.on("error", (error) => console.log("error", error.code, error.message));
	socket.on("close", (failed) => {
		console.log("close", failed);
		server.close(() => console.log("done"));
	});
	socket.on("connect", () => {
		socket.end();
		console.log(socket.write("late", (error) => console.log("late", error.code, error.message)));
	});
	socket.resume();
}
