// Expect: 100-continue, with and without a listener for it.
const http = require("http");
const net = require("net");

function ask(port, callback) {
	const socket = net.connect(port, "127.0.0.1");
	let text = "", sent = false;
	socket.setEncoding("latin1");
	socket.on("data", (piece) => {
		text += piece;
		if (!sent && text.startsWith("HTTP/1.1 100 Continue\r\n\r\n")) {
			sent = true;
			socket.write("abc");
		}
	});
	socket.on("close", () => callback(text.split("\r\n").filter((line) => line.startsWith("HTTP")).join(), text.slice(-3)));
	socket.write("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\nConnection: close\r\n\r\n");
}

function echo(req, res) {
	let text = "";
	req.on("data", (piece) => {
		text += piece;
	});
	req.on("end", () => res.end(text));
}

const plain = http.createServer(echo).listen(0, "127.0.0.1", () => ask(plain.address().port, (...said) => {
	console.log("without a listener", ...said);
	plain.close();
	const asked = http.createServer(() => console.log("never"));
	asked.on("checkContinue", (req, res) => {
		console.log("checkContinue", req.headers.expect);
		res.writeContinue(() => console.log("continued"));
		echo(req, res);
	});
	asked.listen(0, "127.0.0.1", () => ask(asked.address().port, (...saidThen) => {
		console.log("with a listener", ...saidThen);
		asked.close();
		const refuses = http.createServer();
		refuses.on("checkContinue", (req, res) => res.writeHead(417, { "Content-Length": 3 }).end("no!"));
		refuses.listen(0, "127.0.0.1", () => ask(refuses.address().port, (...saidLast) => {
			console.log("refused", ...saidLast);
			refuses.close(() => console.log("done"));
		}));
	}));
}));
