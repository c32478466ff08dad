// The order of what happens to both sides of a connection.
"use strict";
const net = require("net");

// Each side has its own order; between them there is none.
const said = { server: [], theirs: [], ours: [] };
const say = (name, ...words) => said[name].push(words.join(" "));
let left = 3;

function follow(name, socket) {
	for (const event of ["lookup", "connect", "ready", "drain", "end", "finish", "close", "error", "timeout"])
		socket.on(event, (...args) => say(name, event, event === "close" ? args : args.length));
	socket.on("close", over);
	return socket;
}

// Both sides and the server have closed.
function over() {
	if (--left > 0)
		return;
	for (const [name, lines] of Object.entries(said))
		console.log(name, lines);
	console.log("done");
}

const server = net.createServer();
for (const event of ["listening", "connection", "close", "error", "drop"])
	server.on(event, () => say("server", event));
server.on("connection", (socket) => {
	follow("theirs", socket);
	say("theirs", socket.connecting, socket.pending, socket.readyState);
	socket.on("data", (piece) => {
		say("theirs", "got", piece.toString());
		socket.end(`${piece}, too`);
	});
});
server.listen(0, "127.0.0.1", () => {
	say("server", "callback of listen", server.listening);
	const { port } = server.address();
	const socket = follow("ours", net.connect(port, "127.0.0.1"));
	say("ours", socket.connecting, socket.pending, socket.readyState);
	socket.on("data", (piece) => say("ours", "got", piece.toString()));
	socket.on("connect", () => {
		say("ours", socket.connecting, socket.pending, socket.readyState);
		socket.write("this", () => say("ours", "written"));
	});
	socket.on("close", () => {
		say("ours", socket.destroyed, socket.readyState, socket.closed, socket.errored);
		server.close(() => {
			say("server", "callback of close", server.listening, server.address());
			over();
		});
	});
});
console.log("sync", server.listening, server.address());
