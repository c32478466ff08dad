// Back-pressure both ways: a large request to a server that reads late, a large answer that is read late.
"use strict";
const http = require("http");
const net = require("net");

const TOTAL = 8_000_000;
const server = net.createServer((socket) => {
	let got = 0;
	socket.on("error", () => {});
	socket.once("data", (first) => {
		const head = first.toString("latin1");
		if (head.startsWith("GET")) {
			socket.end(Buffer.concat([Buffer.from(`HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL}\r\nConnection: close\r\n\r\n`), Buffer.alloc(TOTAL, "y")]));
			return;
		}
		got = first.length - head.indexOf("\r\n\r\n") - 4;
		socket.pause();
		setTimeout(() => {
			socket.on("data", (piece) => {
				got += piece.length;
				if (got === TOTAL)
					socket.end(`HTTP/1.1 200 OK\r\nContent-Length: ${String(got).length}\r\nConnection: close\r\n\r\n${got}`);
			});
			socket.resume();
		}, 30);
	});
});

function upload(at) {
	return new Promise((resolve) => {
		const request = http.request({ ...at, method: "PUT", headers: { "Content-Length": TOTAL } }, (res) => {
			res.on("data", (piece) => console.log("the server has read", String(piece)));
			res.on("end", () => resolve());
		});
		const piece = Buffer.alloc(100_000, "x");
		let written = 0, drains = 0, stopped = false;
		const fill = () => {
			while (written < TOTAL) {
				written += piece.length;
				if (!request.write(piece)) {
					if (!stopped)
						console.log("stopped", written < TOTAL, request.writableNeedDrain);
					stopped = true;
					return;
				}
			}
			request.end(() => console.log("finish", drains > 0, request.writableFinished));
		};
		request.on("drain", () => {
			drains++;
			fill();
		});
		fill();
	});
}

function download(at) {
	return new Promise((resolve) => {
		http.get(at, (res) => {
			let got = 0;
			res.once("data", (first) => {
				got += first.length;
				res.pause();
				console.log("paused", res.isPaused());
				setTimeout(() => {
					console.log("still not all", got < TOTAL, res.complete);
					res.on("data", (piece) => {
						got += piece.length;
					});
					res.resume();
				}, 40);
			});
			res.on("end", () => console.log("all", got === TOTAL, res.complete));
			res.on("close", resolve);
		});
	});
}

server.listen(0, "127.0.0.1", async () => {
	const at = { host: "127.0.0.1", port: server.address().port, agent: false };
	await upload(at);
	await download(at);
	server.close(() => console.log("done"));
});
