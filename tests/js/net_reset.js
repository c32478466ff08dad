// Connections that are cut: what either side says of it.
"use strict";
const net = require("net");

function pair(theirs) {
	return new Promise((resolve) => {
		const server = net.createServer((socket) => theirs(socket));
		server.listen(0, "127.0.0.1", () => {
			const socket = net.connect(server.address().port, "127.0.0.1");
			socket.on("close", () => server.close());
			resolve([socket, server]);
		});
	});
}

function follow(name, socket) {
	socket.on("error", (error) => console.log(name, "error", error.code, error.syscall, error.errno, error.message, Object.keys(error)));
	socket.on("end", () => console.log(name, "end"));
	return new Promise((resolve) => socket.on("close", (failed) => {
		console.log(name, "close", failed, socket.destroyed, socket.errored && socket.errored.code);
		resolve();
	}));
}

(async () => {
	let [socket] = await pair((one) => one.once("data", () => one.resetAndDestroy()));
	let over = follow("reset by theirs", socket);
	socket.resume();
	socket.write("x");
	await over;

	await new Promise((resolve) => {
		pair((one) => {
			follow("reset by ours", one).then(resolve);
			one.resume();
			one.write("x");
		}).then(([socket]) => {
			socket.on("close", (failed) => console.log("own close", failed));
			socket.once("data", () => console.log(socket.resetAndDestroy() === socket, socket.destroyed));
		});
	});

	[socket] = await pair((one) => one.on("error", () => {}));
	over = follow("destroyed with an error", socket);
	socket.once("connect", () => socket.destroy(new Error("on purpose")));
	await over;

	[socket] = await pair((one) => one.on("error", () => {}));
	over = follow("destroyed at once", socket);
	console.log(socket.destroy() === socket, socket.connecting, socket.destroyed);
	socket.destroy(new Error("nobody hears it"));
	await over;

	[socket] = await pair((one) => one.resume());
	over = follow("destroyed soon", socket);
	socket.once("connect", () => {
		socket.write("all of this");
		socket.destroySoon();
		console.log(socket.destroyed, socket.writableEnded);
	});
	await over;

	const fresh = new net.Socket();
	over = follow("reset before it is there", fresh);
	fresh.resetAndDestroy();
	await over;
	console.log("done");
})();
