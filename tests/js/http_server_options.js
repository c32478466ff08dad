// What createServer refuses of its options, and what rejectNonStandardBodyWrites and joinDuplicateHeaders do.
"use strict";

const http = require("http");
const net = require("net");

for (const options of [{ maxHeaderSize: "x" }, { maxHeaderSize: -1 }, { insecureHTTPParser: 1 },
	{ joinDuplicateHeaders: 1 }, { connectionsCheckingInterval: "x" }, { connectionsCheckingInterval: 5 }, { noDelay: 1 }]) {
	try {
		console.log(http.createServer(options) instanceof http.Server);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}
try {
	http.createServer({}, "no function");
} catch (error) {
	console.log(error.name, error.code, error.message);
}
for (const max of [5, "x", 0, 1.5]) {
	try {
		console.log(http.setMaxIdleHTTPParsers(max));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}

// Both ways to give an answer a body that it cannot have.
function attempt(name, f) {
	try {
		f();
		console.log(name, "ok");
	} catch (error) {
		console.log(name, error.code, error.message);
	}
}

function ask(options, listener, request) {
	return new Promise((resolve) => {
		const server = http.createServer(options, listener).listen(0, "127.0.0.1", () => {
			http.request({ port: server.address().port, host: "127.0.0.1", agent: false, ...request }, (res) => {
				res.resume();
				res.on("end", () => {
					console.log(res.statusCode, res.headers["content-type"]);
					server.close(resolve);
				});
			}).end();
		});
	});
}

async function main() {
	for (const rejectNonStandardBodyWrites of [true, false, undefined]) {
		for (const [method, status] of [["GET", 204], ["GET", 304], ["HEAD", 200], ["GET", 200]]) {
			await ask({ rejectNonStandardBodyWrites }, (req, res) => {
				res.statusCode = status;
				attempt("write", () => res.write("text"));
				attempt("end", () => res.end("text"));
				if (!res.writableEnded)
					res.end();
			}, { method });
		}
	}

	const twice = net.createServer((socket) => socket.once("data", () => socket.end("HTTP/1.1 200 OK\r\nETag: a\r\nETag: b\r\n" +
		"X: 1\r\nX: 2\r\nSet-Cookie: c\r\nSet-Cookie: d\r\nContent-Length: 0\r\n\r\n"))).listen(0, "127.0.0.1");
	await new Promise((resolve) => twice.once("listening", resolve));
	for (const joinDuplicateHeaders of [true, false, undefined])
		await new Promise((resolve) => {
			http.get({ port: twice.address().port, host: "127.0.0.1", agent: false, joinDuplicateHeaders }, (res) => {
				console.log(JSON.stringify(res.headers));
				res.resume();
				res.on("end", resolve);
			});
		});
	twice.close(() => console.log("done"));
}
main();
