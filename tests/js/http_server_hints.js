// writeEarlyHints.
const http = require("http");
const { ask } = require("./http/raw");

function tried(f) {
	try {
		return f();
	} catch (error) {
		return `${error.name} ${error.code}`;
	}
}

const server = http.createServer((req, res) => {
	res.writeEarlyHints({ link: "</style.css>; rel=preload; as=style" }, () => console.log("written"));
	res.writeEarlyHints({ link: ["</a.js>; rel=preload", "</b.js>; rel=preload"], "x-trace": "1" });
	res.writeEarlyHints({ link: [] });
	for (const hints of [null, "text", 1, { link: "no link" }])
		console.log(tried(() => res.writeEarlyHints(hints)));
	res.end("x");
}).listen(0, "127.0.0.1", () => ask(server.address().port, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", (text) => {
	console.log(text.split("\r\n").filter((line) => /^(HTTP|link|x-trace)/i.test(line)).map((line) => line.toLowerCase()).join("\n"));
	server.close(() => console.log("done"));
}));
