// What the scripts http_server_*.js share: requests as bytes, and answers in a form that does not depend on
// who frames them. A case is [name, request, handler(req, res[, done])]; they run one after the other, and
// one whose handler takes `done` is over when that has been called, too: what it is given is shown last.
"use strict";

const http = require("http");
const net = require("net");

// Fields that two servers may have differently, and that say the same.
const FRAMING = /^(date|connection|keep-alive|content-length|transfer-encoding):/i;

function unchunk(text) {
	let out = "";
	for (;;) {
		const end = text.indexOf("\r\n"), n = parseInt(text.slice(0, end), 16);
		if (end < 0 || Number.isNaN(n))
			return `${out} (cut off)`;
		if (n === 0)
			return text.slice(end + 2) === "\r\n" ? out : `${out} trailers ${JSON.stringify(text.slice(end + 2, -2))}`;
		out += text.slice(end + 2, end + 2 + n);
		text = text.slice(end + n + 4);
	}
}

// Text as ASCII: what is none is escaped, and of what is long its length and its ends are shown.
function plain(text) {
	const ascii = JSON.stringify(text).replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`);
	return ascii.length > 300 ? `${ascii.slice(0, 20)} ... ${ascii.slice(-20)} (${text.length})` : ascii;
}

// One answer as lines: the status, the fields in their order, the body.
function show(text, framing = false) {
	if (text === "")
		return ["(nothing)"];
	const end = text.indexOf("\r\n\r\n"), [status, ...fields] = text.slice(0, end).split("\r\n");
	const chunked = fields.some((field) => /^transfer-encoding: chunked$/i.test(field)), body = text.slice(end + 4);
	const shown = framing ? fields.filter((field) => !/^(date|keep-alive):/i.test(field)).sort()
		: fields.filter((field) => !FRAMING.test(field));
	return [status, ...shown, chunked ? unchunk(body) : body].map((line, i, { length }) =>
		i === length - 1 ? plain(line) : line.replace(/[^ -~]/g, (c) => `\\x${c.charCodeAt(0).toString(16)}`));
}

// Sends bytes, and calls back with what came until the other side has closed.
function ask(port, bytes, callback) {
	const socket = net.connect(port, "127.0.0.1");
	let text = "";
	socket.setEncoding("latin1");
	socket.on("data", (piece) => {
		text += piece;
	});
	socket.on("error", () => {});
	socket.on("close", () => callback(text));
	socket.write(bytes);
	return socket;
}

function get(path = "/", fields = "") {
	return `GET ${path} HTTP/1.1\r\nHost: localhost\r\n${fields}Connection: close\r\n\r\n`;
}

function post(body, fields = "") {
	return `POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${fields}Connection: close\r\n\r\n${body}`;
}

function run(cases, options = {}) {
	let now, i = 0, left, last;
	const server = http.createServer(options, (req, res) => now[2](req, res, over));

	function over(line) {
		last = line ?? last;
		if (--left > 0)
			return;
		if (last !== undefined)
			console.log(last);
		last = undefined;
		setImmediate(() => setImmediate(next));
	}
	function next() {
		now = cases[i++];
		if (now === undefined) {
			server.close(() => console.log("done"));
			return;
		}
		console.log(`-- ${now[0]}`);
		left = now[2].length > 2 ? 2 : 1;
		ask(server.address().port, now[1] || get(), (text) => {
			for (const line of show(text, options.framing))
				console.log(line);
			over();
		});
	}
	server.listen(0, "127.0.0.1", next);
	return server;
}

module.exports = { run, ask, show, get, post };
