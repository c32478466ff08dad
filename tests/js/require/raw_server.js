// A server for the scripts about http.request: takes requests apart byte by byte, and answers with what a
// function says, so that both sides of what is sent can be seen.
"use strict";
const net = require("net");

// The first request of the text: { method, path, head, body, rest }, or undefined if it is not there whole.
function take(text) {
	const at = text.indexOf("\r\n\r\n");
	if (at < 0)
		return undefined;
	const head = text.slice(0, at), length = /^content-length: (\d+)$/im.exec(head);
	const [method, path] = head.split(" ");
	let end = at + 4;
	if (length)
		end += Number(length[1]);
	else if (/^transfer-encoding: chunked$/im.test(head))
		end = /(^|\r\n)0\r\n([^\r]+\r\n)*\r\n/.exec(text.slice(at + 2)) === null ? Infinity
			: at + 2 + text.slice(at + 2).search(/(^|\r\n)0\r\n([^\r]+\r\n)*\r\n/) +
				/(^|\r\n)0\r\n([^\r]+\r\n)*\r\n/.exec(text.slice(at + 2))[0].length;
	if (text.length < end)
		return undefined;
	return { method, path, head, body: text.slice(at + 4, end), rest: text.slice(end) };
}

// answer(request, socket, number of the connection): bytes to send, or undefined.
module.exports = (answer, listening) => {
	let connections = 0;
	const server = net.createServer((socket) => {
		const number = ++connections;
		let text = "";
		socket.on("error", () => {});
		socket.on("data", (piece) => {
			text += piece.toString("latin1");
			for (let request; (request = take(text)) !== undefined;) {
				text = request.rest;
				const said = answer(request, socket, number);
				if (said !== undefined && !socket.destroyed)
					socket.write(said, "latin1");
			}
		});
	});
	server.listen(0, "127.0.0.1", () => listening({ host: "127.0.0.1", port: server.address().port }, server));
};

// The usual answer.
module.exports.ok = (body = "ok") => `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
