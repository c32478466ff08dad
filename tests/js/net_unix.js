// Unix sockets: their addresses, and what is said where there is nobody.
"use strict";
const net = require("net");
const path = require("path");

const folder = process.env.TMPDIR || "/tmp";
const name = path.join(folder, `eddy-js-${process.pid}.sock`);
const hide = (text) => String(text).replaceAll(name, "NAME");

const theirs = [];
const server = net.createServer((socket) => {
	theirs.push(socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.localPort, JSON.stringify(socket.address()));
	socket.pipe(socket);
});
server.on("error", (error) => console.log(error.code));
server.listen(name, () => {
	console.log(hide(server.address()), server.listening);
	const socket = net.connect(name, () => {
		console.log("ours", socket.remoteAddress, socket.remotePort, socket.remoteFamily, socket.localAddress, JSON.stringify(socket.address()));
		socket.end("through the file");
	});
	socket.setEncoding("utf8");
	let got = "";
	socket.on("data", (piece) => {
		got += piece;
	});
	socket.on("close", (failed) => {
		console.log(got, failed, theirs);
		const second = net.createServer();
		second.on("error", (error) => {
			console.log(error.code, error.syscall, hide(error.address), error.port, error.errno, hide(error.message));
			server.close(() => {
				const third = net.connect({ path: name });
				third.on("error", (error) => console.log(error.code, error.syscall, hide(error.address), error.port, error.errno, hide(error.message)));
				third.on("close", (failed) => {
					console.log("close", failed);
					console.log("done");
				});
			});
		});
		second.listen({ path: name });
	});
});
