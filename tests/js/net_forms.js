// The forms in which net.connect takes its arguments, and what it says of wrong ones.
"use strict";
const net = require("net");

function attempt(what, action) {
	try {
		const socket = action();
		console.log(what, typeof socket);
		socket.on("error", () => {});
		socket.destroy();
	} catch (error) {
		console.log(what, error.name, error.code, error.message);
	}
}

for (const port of [-1, 65536, 1.5, NaN, "x", "", "99999", null, true, {}])
	attempt(`port ${typeof port} ${String(port)}`, () => net.connect({ port, host: "127.0.0.1" }));
attempt("nothing", () => net.connect());
attempt("no port", () => net.connect({}));
attempt("no port but host", () => net.connect({ host: "127.0.0.1" }));
attempt("path", () => net.connect({ path: 5 }));
attempt("lookup", () => net.connect({ port: 1, host: "localhost", lookup: "x" }));
attempt("family", () => net.connect({ port: 1, host: "127.0.0.1", family: 4 }));
attempt("socket options", () => new net.Socket());
attempt("no new", () => net.Socket());

const server = net.createServer((socket) => socket.end("hello"));
server.listen(0, "127.0.0.1", () => {
	const { port } = server.address();
	const forms = [
		["port, host", (done) => net.connect(port, "127.0.0.1", done)],
		["text as port", (done) => net.connect(String(port), "127.0.0.1", done)],
		["options", (done) => net.connect({ port, host: "127.0.0.1" }, done)],
		["createConnection", (done) => net.createConnection({ port: String(port), host: "127.0.0.1", noDelay: true, keepAlive: true }, done)],
		["new Socket", (done) => new net.Socket().connect({ port, host: "127.0.0.1" }, done)],
		["new Socket, port", (done) => new net.Socket({ allowHalfOpen: false }).connect(port, "127.0.0.1", done)],
		["Socket without new", (done) => net.Socket().connect(port, "127.0.0.1", done)],
		["Stream", (done) => new net.Stream().connect(port, "127.0.0.1", done)],
	];
	(function next() {
		const form = forms.shift();
		if (form === undefined) {
			server.close(() => console.log("done"));
			return;
		}
		const socket = form[1](function () {
			console.log(form[0], "connected", this === socket, socket instanceof net.Socket);
		});
		let got = "";
		socket.on("data", (piece) => {
			got += piece;
		});
		socket.on("close", (failed) => {
			console.log(form[0], got, failed);
			next();
		});
	})();
});
