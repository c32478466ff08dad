// Much data both ways at once, through pipe, through Transform, through for await.
"use strict";
const net = require("net");
const { Transform, pipeline } = require("stream");

const data = Buffer.alloc(3_000_000, "0123456789abcdef");

function serve(handle) {
	return new Promise((resolve) => {
		const server = net.createServer(handle).listen(0, "127.0.0.1", () => resolve(server));
	});
}

async function collect(socket) {
	const pieces = [];
	for await (const piece of socket)
		pieces.push(piece);
	return Buffer.concat(pieces);
}

(async () => {
	let server = await serve((socket) => socket.pipe(socket));
	let socket = net.connect(server.address().port, "127.0.0.1");
	socket.end(data);
	console.log((await collect(socket)).equals(data), socket.bytesRead, socket.bytesWritten);
	server.close();

	server = await serve((socket) => {
		const upper = new Transform({ transform(piece, encoding, callback) {
			callback(null, piece.toString("latin1").toUpperCase());
		} });
		pipeline(socket, upper, socket, (error) => console.log("pipeline", error));
	});
	socket = net.connect(server.address().port, "127.0.0.1");
	socket.end(data.subarray(0, 1_000_000));
	const upper = await collect(socket);
	console.log(upper.length, upper.toString("latin1", 0, 16));
	server.close();

	server = await serve(async (socket) => {
		let n = 0;
		for await (const piece of socket)
			n += piece.length;
		socket.end(`${n} bytes`);
	});
	server.removeAllListeners("connection");
	const halfOpen = net.createServer({ allowHalfOpen: true }, async (socket) => {
		let n = 0;
		for await (const piece of socket)
			n += piece.length;
		console.log("counted", n);
	}).listen(0, "127.0.0.1", () => {
		socket = net.connect(halfOpen.address().port, "127.0.0.1");
		socket.end(data);
		socket.on("close", () => {
			server.close();
			halfOpen.close(() => console.log("done"));
		});
		socket.resume();
	});
})();
