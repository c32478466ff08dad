// Names: the lookup option, the `lookup` event, and what is said of a name that is none.
"use strict";
const net = require("net");

function follow(name, socket) {
	socket.on("lookup", (error, address, family, host) => console.log(name, "lookup", error && error.code, address, family, host));
	socket.on("connect", () => {
		console.log(name, "connect", socket.remoteAddress);
		socket.end();
	});
	socket.on("error", (error) => console.log(name, "error", error.code, error.message, error.syscall, error.hostname));
	socket.resume();
	return new Promise((resolve) => socket.on("close", (failed) => {
		console.log(name, "close", failed);
		resolve();
	}));
}

const server = net.createServer((socket) => socket.resume());
server.listen(0, "127.0.0.1", async () => {
	const { port } = server.address();
	await follow("literal", net.connect({ port, host: "127.0.0.1", lookup: () => console.log("never") }));
	await follow("own", net.connect({ port, host: "some.where", family: 4, autoSelectFamily: false, lookup(host, options, callback) {
		console.log("asked", host, options.family, options.all);
		process.nextTick(callback, null, "127.0.0.1", 4);
	} }));
	await follow("failing", net.connect({ port, host: "no.where", autoSelectFamily: false, lookup(host, options, callback) {
		const error = new Error("my own words");
		error.code = "ENOTFOUND";
		process.nextTick(callback, error);
	} }));
	await follow("localhost", net.connect({ port, host: "localhost", family: 4 }));
	server.close(() => console.log("done"));
});
