// What the bench's loads of JavaScript ask eddy for: a short answer, as peers/node.js gives it, and requests that wait.
"use strict";

const eddy = require("eddy");

const BODY = "Hello World\n";
let parked = [];

function answer(res, body) {
	res.writeHead(200, {
		"Content-Type": "text/plain; charset=utf-8",
		"Content-Length": Buffer.byteLength(body),
	});
	res.end(body);
}

eddy.on("word", (word) => {
	const waiting = parked;
	parked = [];
	for (const res of waiting)
		answer(res, word);
});

module.exports = (req, res) => {
	if (req.url !== "/poll") {
		answer(res, BODY);
	} else if (req.method === "GET") {
		parked.push(res);
	} else {
		const pieces = [];
		req.on("data", (piece) => pieces.push(piece));
		req.on("end", () => {
			eddy.send("word", Buffer.concat(pieces).toString());
			answer(res, BODY);
		});
	}
};
