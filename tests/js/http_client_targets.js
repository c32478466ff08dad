"use strict";

// The path of a request: of any type that is text, with bytes that are no ASCII, changed before the head leaves.
const http = require("http");
const net = require("net");

// What the server is told, whether a byte has come as it is or percent-encoded.
const decoded = (url) => url.replace(/%(..)/g, (all, hex) => String.fromCharCode(parseInt(hex, 16)));

const attempts = [
	["a number", { path: 5 }, (request) => {
		request.path = `/${request.path}`;
	}],
	["an object", { path: { toString: () => "/object" } }],
	["bytes", { path: "/caf\xe9/\xff\x80" }],
	["a fragment", { path: "/a#b" }],
	["quotes and braces", { path: "/?q={\"a\":[1|2]}^`\\<>" }],
	["changed", { path: "/before" }, (request) => {
		request.path = "/behind";
	}],
];
const server = net.createServer((socket) => socket.setEncoding("latin1").once("data", (head) => {
	const [line] = decoded(head).split("\r\n");
	console.log(JSON.stringify(line.replace(/[\x7f-\xff]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)));
	socket.end("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}));

function next() {
	const [name, options, change] = attempts.shift() ?? [];
	if (name === undefined) {
		server.close(() => console.log("done"));
		return;
	}
	const request = http.request({ port: server.address().port, host: "127.0.0.1", agent: false, ...options }, (res) => {
		res.resume().on("end", next);
	});
	change?.(request);
	console.log(name, typeof request.path);
	request.end();
}
server.listen(0, "127.0.0.1", next);
