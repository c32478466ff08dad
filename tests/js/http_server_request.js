// What a request says: its line, its header fields in all forms.
const { run, get } = require("./http/raw");

function distinct(object) {
	return JSON.stringify(object);
}

run([
	["its line", get("/a/b?c=d&e=%20f"), (req, res) => {
		console.log(req.method, req.url, req.httpVersion);
		res.end();
	}],
	["fields", get("/", "X-One: 1\r\nx-two:  spaces  \r\nX-Empty:\r\n"), (req, res) => {
		console.log(JSON.stringify(req.headers), JSON.stringify(req.rawHeaders));
		res.end();
	}],
	["fields that are joined", get("/", "X-A: 1\r\nX-A: 2\r\nCookie: a=1\r\ncookie: b=2\r\nSet-Cookie: c\r\nset-cookie: d\r\nAccept: x\r\naccept: y\r\n"),
		(req, res) => {
			console.log(JSON.stringify(req.headers));
			console.log(distinct(req.headersDistinct));
			res.end();
		}],
	["fields of which the first counts", get("/", "User-Agent: a\r\nUser-Agent: b\r\nReferer: c\r\nReferer: d\r\nFrom: e\r\nFrom: f\r\nAge: 1\r\nAge: 2\r\nETag: g\r\nETag: h\r\n"),
		(req, res) => {
			console.log(JSON.stringify(req.headers));
			res.end();
		}],
	["fields with names of an object's", get("/", "Constructor: x\r\ntoString: y\r\nhasOwnProperty: z\r\n"), (req, res) => {
		console.log(req.headers.constructor, req.headers.tostring, req.headers.hasownproperty);
		res.end();
	}],
	["the same object each time", get(), (req, res) => {
		req.headers.mine = "1";
		console.log(req.headers === req.headers, req.headers.mine, req.rawHeaders === req.rawHeaders);
		res.end();
	}],
	["fields when it has been answered", get("/late", "X-Late: yes\r\n"), (req, res, done) => {
		res.end();
		setTimeout(() => done([req.headers["x-late"], req.url, req.method, req.rawHeaders.length].join(" ")), 10);
	}],
	["its socket", get(), (req, res) => {
		const { socket } = req;
		console.log(socket === req.connection, socket === res.socket, res.connection === socket);
		console.log(socket.remoteAddress, typeof socket.remotePort, socket.remoteFamily, socket.localAddress,
			typeof socket.localPort, socket.address().family, socket.destroyed);
		res.end();
	}],
	["other methods", "PATCH /x HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n", (req, res) => {
		console.log(req.method);
		res.end();
	}],
	["bytes of Latin-1", get("/", "X-L: \xe4\r\n"), (req, res) => {
		console.log(req.headers["x-l"] !== undefined);
		res.end();
	}],
]);
