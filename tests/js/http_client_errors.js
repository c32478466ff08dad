// Requests that reach nobody: the members of the errors.
"use strict";
const http = require("http");

function tell(name, request) {
	request.on("error", (error) => console.log(name, error.name, error.code, error.message, error.syscall, error.errno, error.address, error.port,
		error.hostname, Object.keys(error).join()));
	return new Promise((resolve) => request.on("close", () => {
		console.log(name, "close", request.destroyed, request.socket && request.socket.destroyed);
		resolve();
	}));
}

(async () => {
	await tell("refused", http.get({ host: "127.0.0.1", port: 1 }));
	await tell("refused, no agent", http.get({ host: "127.0.0.1", port: 1, agent: false }));
	await tell("post", http.request({ host: "127.0.0.1", port: 1, method: "POST" }).end("body"));
	const written = http.request({ host: "127.0.0.1", port: 1, method: "POST" });
	written.write("one", (error) => console.log("write", error instanceof Error));
	written.end("two", () => console.log("never"));
	await tell("written", written);
	await tell("lookup fails", http.get({ host: "some.where", port: 80, lookup(host, options, callback) {
		console.log("asked", host);
		process.nextTick(callback, Object.assign(new Error("getaddrinfo ENOTFOUND some.where"), { code: "ENOTFOUND", hostname: host }));
	} }));
	http.globalAgent.destroy();
	console.log("done");
})();
