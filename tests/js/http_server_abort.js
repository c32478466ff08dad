// A client that leaves: what a request and its response tell, in which order.
const http = require("http");
const net = require("net");

function watch(req, res, gone) {
	let open = 2; // the request and the response close, in whichever order
	const left = () => --open === 0 && gone();
	for (const name of ["aborted", "end", "error", "close"])
		req.on(name, (error) => {
			console.log("req", name, name === "error" ? `${error.code} ${error.message}` : "", req.aborted, req.destroyed);
			if (name === "close")
				left();
		});
	for (const name of ["finish", "error", "close"])
		res.on(name, () => {
			console.log("res", name, res.writableFinished, res.destroyed, res.writableEnded);
			if (name === "close")
				left();
		});
}

const cases = [
	["parked, without a body", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", () => {}],
	["parked, the body read", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", (req) => req.resume()],
	["parked, the body unread", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", () => {}],
	["parked, chunks unread", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", () => {}],
	["the body unread, and listens on", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", () => {}, "end"],
	["the body unread amid the answer", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc", (req, res) => res.write("a")],
	["amid the body", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc", (req) => req.resume()],
	["amid the answer", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", (req, res) => res.write("a")],
	["the head alone out", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", (req, res) => res.flushHeaders()],
	["parked, and listens on", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", () => {}, "end"],
	["amid the answer, and listens on", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", (req, res) => res.write("a"), "end"],
	["at once, amid the answer", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", (req, res) => res.write("a"), "at once"],
];

let i = 0, now, client;
const server = http.createServer((req, res) => {
	watch(req, res, () => setImmediate(() => {
		res.end("too late");
		res.on("error", (error) => console.log("error", error.code));
		console.log(res.write("much too late", (error) => {
			console.log(error.code);
			setImmediate(next);
		}));
	}));
	now[2](req, res);
	const mine = client;
	if (now[3] !== "at once")
		setTimeout(() => now[3] === "end" ? mine.end() : mine.destroy(), 20);
});

function next() {
	now = cases[i++];
	if (now === undefined) {
		server.close(() => console.log("done"));
		return;
	}
	console.log(`-- ${now[0]}`);
	client = net.connect(server.address().port, "127.0.0.1");
	client.on("error", () => {});
	client.resume();
	if (now[3] === "at once")
		client.end(now[1]);
	else
		client.write(now[1]);
}
server.listen(0, "127.0.0.1", next);
