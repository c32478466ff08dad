// 101 and CONNECT: the socket is the script's; without a listener it is closed.
"use strict";
const http = require("http");
const net = require("net");

const server = net.createServer((socket) => {
	let text = "", raw = false;
	socket.on("error", () => {});
	socket.on("data", (piece) => {
		if (raw) {
			socket.write(`echo ${piece}`);
			return;
		}
		text += piece;
		if (!text.includes("\r\n\r\n"))
			return;
		console.log("asked", text.split("\r\n")[0]);
		raw = true;
		socket.write(text.startsWith("CONNECT") ? "HTTP/1.1 200 Established\r\nX-Way: free\r\n\r\n"
			: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: upgrade\r\n\r\n");
	});
});

function once(emitter, event) {
	return new Promise((resolve) => emitter.once(event, (...args) => resolve(args)));
}

server.listen(0, "127.0.0.1", async () => {
	const at = { host: "127.0.0.1", port: server.address().port, agent: false };
	const headers = { Connection: "Upgrade", Upgrade: "echo" };
	let request = http.request({ ...at, path: "/up", headers });
	request.on("response", () => console.log("never"));
	request.on("close", () => console.log("request's close"));
	request.end();
	let [res, socket, head] = await once(request, "upgrade");
	console.log(res.statusCode, res.statusMessage, res.headers, Buffer.isBuffer(head), socket instanceof net.Socket, res.upgrade);
	socket.write("one");
	console.log(String((await once(socket, "data"))[0]));
	socket.end();
	await once(socket, "close");

	request = http.request({ ...at, method: "CONNECT", path: "example.org:80" });
	request.end();
	[res, socket, head] = await once(request, "connect");
	console.log(res.statusCode, res.rawHeaders, Buffer.isBuffer(head));
	socket.write("two");
	console.log(String((await once(socket, "data"))[0]));
	socket.destroy();
	await once(socket, "close");

	request = http.request({ ...at, path: "/nobody", headers });
	request.on("error", (error) => console.log("error", error.code));
	request.end();
	await once(request, "close");
	console.log("closed", request.destroyed);
	server.close(() => console.log("done"));
});
