// http.Server: how it is made, how it listens and closes.
const http = require("http");
const net = require("net");

function tried(f) {
	try {
		const result = f();
		return typeof result === "object" ? "made" : result;
	} catch (error) {
		return `${error.name} ${error.code}: ${error.message}`;
	}
}

const plain = http.createServer();
console.log(plain instanceof http.Server, plain instanceof net.Server, plain.listening, plain.address());
console.log(plain.timeout, plain.keepAliveTimeout, plain.headersTimeout, plain.requestTimeout, plain.maxHeadersCount,
	plain.maxRequestsPerSocket);
console.log(http.Server() instanceof http.Server, new http.Server(() => {}).listenerCount("request"),
	http.createServer({}, () => {}).listenerCount("request"));
for (const options of ["text", 1, true])
	console.log(tried(() => http.createServer(options)));
console.log(tried(() => http.createServer({ keepAliveTimeout: 1000, headersTimeout: 2000, requestTimeout: 3000 })));
for (const options of [{ keepAliveTimeout: "1" }, { headersTimeout: -1 }, { requestTimeout: 1.5 },
	{ headersTimeout: 5, requestTimeout: 2 }])
	console.log(tried(() => http.createServer(options)));
console.log(plain.setTimeout(0) === plain, plain.setTimeout(10, () => {}).timeout, plain.listenerCount("timeout"));

plain.close((error) => console.log("close of one that does not listen:", error.code));
const server = http.createServer();
server.on("listening", () => console.log("listening"));
server.on("close", () => console.log("close"));
console.log(server.listen({ port: 0, host: "127.0.0.1" }, () => {
	console.log("callback", server.listening, server.address().address, server.address().family, server.address().port > 0);
	console.log(tried(() => server.listen(0)));
	const second = http.createServer().on("error", (error) => {
		console.log(error.code, error.syscall, error.address, error.port === server.address().port);
		server.closeIdleConnections();
		server.closeAllConnections();
		server.close((none) => {
			console.log("closed", none, server.listening, server.address());
			server.listen(0, "127.0.0.1", 16, () => {
				console.log("again");
				server.close(() => console.log("done"));
			});
		});
	});
	second.listen(server.address().port, "127.0.0.1");
}) === server);
