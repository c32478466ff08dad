// The forms of server.listen, and what it says of wrong ones.
"use strict";
const net = require("net");

for (const args of [[{}], [{ port: -1 }], [{ port: 65536 }], [{ port: "x" }], [{ port: 1.5 }], [{ port: NaN }], [true], [{ host: "127.0.0.1" }],
	[{ path: 5 }], [-1], [70000], [{ port: 0, host: 5 }]]) {
	const server = net.createServer();
	server.on("error", (error) => console.log("event", error.code));
	try {
		server.listen(...args);
		console.log(JSON.stringify(args), "fine");
		server.close();
	} catch (error) {
		console.log(JSON.stringify(args), error.name, error.code, error.message);
	}
}
try {
	net.createServer("x");
} catch (error) {
	console.log(error.name, error.code, error.message);
}

function told(server) {
	return new Promise((resolve) => {
		server.once("listening", () => resolve("listening"));
		server.once("error", (error) => resolve(
			[error.code, error.syscall, error.errno, error.address, error.port > 0, error.message.replace(/:\d+$/, ":PORT")]));
	});
}

(async () => {
	const first = net.createServer().listen();
	console.log(await told(first), first.address().port > 0);
	try {
		first.listen(0);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
	first.close();
	const server = net.createServer();
	console.log(server.listen({ port: 0, host: "127.0.0.1", backlog: 5, exclusive: false }) === server);
	console.log(await told(server));
	const { port } = server.address();
	console.log(JSON.stringify(server.address()).replace(port, "PORT"));
	server.close();
	await new Promise((resolve) => server.on("close", resolve));
	server.listen(port, "127.0.0.1");
	console.log("again", await told(server), server.address().port === port);
	server.close();
	const here = net.createServer().listen(0, "localhost");
	console.log(await told(here));
	here.close();
	const nowhere = net.createServer().listen(0, "192.0.2.1");
	const said = await told(nowhere);
	console.log(said[0], said[1], said[2], said[3], said[5].replace(/:\d*$/, ""), nowhere.listening);
	const text = net.createServer().listen("0", "127.0.0.1", 5, function () {
		console.log("callback", this === text);
		text.close(() => console.log("done"));
	});
})();
