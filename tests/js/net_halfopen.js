// Half-open connections: who ends when, with allowHalfOpen on either side.
"use strict";
const net = require("net");

function run(theirs, ours) {
	return new Promise((resolve) => {
		const log = [];
		let left = 2;
		const over = () => {
			if (--left === 0)
				server.close(() => resolve(log.sort()));
		};
		const server = net.createServer({ allowHalfOpen: theirs }, (socket) => {
			socket.on("data", (piece) => log.push(`theirs data ${piece}`));
			socket.on("end", () => {
				log.push(`theirs end ${socket.allowHalfOpen} ${socket.writable} ${socket.readyState}`);
				if (theirs)
					setTimeout(() => socket.end("late"), 20);
			});
			socket.on("close", (failed) => {
				log.push(`theirs close ${failed}`);
				over();
			});
		});
		server.listen(0, "127.0.0.1", () => {
			const socket = net.connect({ port: server.address().port, host: "127.0.0.1", allowHalfOpen: ours });
			socket.on("data", (piece) => log.push(`ours data ${piece}`));
			socket.on("end", () => {
				log.push(`ours end ${socket.allowHalfOpen} ${socket.writable} ${socket.readyState}`);
			});
			socket.on("finish", () => log.push("ours finish"));
			socket.on("close", (failed) => {
				log.push(`ours close ${failed} ${socket.bytesRead} ${socket.bytesWritten}`);
				over();
			});
			socket.end("bye");
			log.push(`ended ${socket.writable} ${socket.writableEnded} ${socket.readyState}`);
		});
	});
}

// A server that ends first, and a client that goes on or does not.
function first(halfOpen) {
	return new Promise((resolve) => {
		const log = [];
		let left = 2;
		const over = () => {
			if (--left === 0)
				server.close(() => resolve(log));
		};
		const server = net.createServer({ allowHalfOpen: true }, (socket) => {
			socket.end("go on");
			socket.setEncoding("utf8");
			let got = "";
			socket.on("data", (piece) => {
				got += piece;
			});
			socket.on("end", () => log.push(`theirs got ${JSON.stringify(got)}`));
			socket.on("close", over);
		});
		server.listen(0, "127.0.0.1", () => {
			const socket = net.connect({ port: server.address().port, host: "127.0.0.1", allowHalfOpen: halfOpen });
			socket.resume();
			socket.on("end", () => {
				log.push(`ours end ${socket.writable} ${socket.destroyed}`);
				if (halfOpen)
					setTimeout(() => socket.end("as you say"), 10);
			});
			socket.on("close", () => {
				log.push("ours close");
				over();
			});
		});
	});
}

(async () => {
	for (const [theirs, ours] of [[false, false], [true, false], [false, true], [true, true]])
		console.log(theirs, ours, await run(theirs, ours));
	console.log((await first(false)).sort());
	console.log((await first(true)).sort());
	console.log("done");
})();
