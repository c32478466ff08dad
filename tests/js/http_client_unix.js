// Requests over a unix socket, and to one that is not there any more.
"use strict";
const http = require("http");
const net = require("net");
const path = require("path");

const socketPath = path.join(process.env.TMPDIR || "/tmp", `eddy-http-${process.pid}.sock`);
const hide = (text) => String(text).replaceAll(socketPath, "PATH");

const server = net.createServer((socket) => {
	socket.once("data", (head) => {
		console.log(JSON.stringify(head.toString()));
		socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok");
	});
});
server.listen(socketPath, () => {
	const agent = new http.Agent({ keepAlive: true });
	http.get({ socketPath, path: "/over/there", agent }, (res) => {
		console.log(res.statusCode, res.socket.remoteAddress, res.req.host, res.req.socketPath === socketPath);
		res.on("data", (piece) => console.log(String(piece)));
		res.on("end", () => http.get({ socketPath, host: "named", port: 8080, headers: { A: "b" }, agent }, (res) => {
			res.resume();
			res.on("end", () => server.close(() => {
				const nobody = http.get({ socketPath });
				nobody.on("error", (error) => console.log(error.code, error.syscall, error.errno, hide(error.address), hide(error.message), error.port));
				nobody.on("close", () => console.log("done"));
			}));
		}));
	});
});
