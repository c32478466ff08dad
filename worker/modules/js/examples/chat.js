// A chat by long polling: GET messages waits until somebody POSTs one, in whichever worker, and is answered
// with all that have been said since the one that it knows (?since=ID); after a while without any it is
// answered 204, and the page asks again.
//
//	module "chat" { path = "js.so"  options { script = "chat.js" } }
//	route "/chat/*" { module = "chat"  max_body = "16k" }
"use strict";

const eddy = require("eddy");
const { page, last } = require("./pages");

const WAIT_MS = 25000; // proxies commonly give up after 30 s
const KEPT = 64; // messages that can still be asked for
const NAME_MAX = 30, TEXT_MAX = 2000;

const waiting = new Set(); // functions that answer
const kept = [];
let said = 0, leaving = false;

// What has been said after the message with that id; all that is kept to who knows none of it.
function after(id) {
	return kept.slice(kept.findIndex((message) => message.id === id) + 1);
}

function answer(res, messages) {
	res.setHeader("Cache-Control", "no-store");
	if (messages.length === 0) {
		res.statusCode = 204;
		res.end();
		return;
	}
	res.setHeader("Content-Type", "application/json");
	res.end(JSON.stringify(messages));
}

// To all workers, this one included: so each has the same messages in the same order.
eddy.on("chat", (message) => {
	kept.push(message);
	if (kept.length > KEPT)
		kept.shift();
	for (const wake of waiting)
		wake();
});

function get(req, res) {
	const since = new URL(req.url, "http://chat").searchParams.get("since");
	const news = after(since);
	if (news.length > 0 || leaving) {
		answer(res, news);
		return;
	}
	const done = () => {
		clearTimeout(timer);
		waiting.delete(wake);
	};
	const wake = () => {
		done();
		answer(res, after(since));
	};
	const timer = setTimeout(wake, WAIT_MS);
	waiting.add(wake);
	res.on("close", done);
}

// The message of a body, or undefined: it is none.
function parsed(text) {
	try {
		const { name, text: words } = JSON.parse(text);
		if (typeof name === "string" && name !== "" && name.length <= NAME_MAX &&
				typeof words === "string" && words !== "" && words.length <= TEXT_MAX)
			return { id: `${process.pid}-${++said}`, name, text: words };
	} catch {
		// answered as any other that is none
	}
	return undefined;
}

async function post(req, res) {
	let body = "";
	req.setEncoding("utf8");
	for await (const piece of req)
		body += piece;
	const message = parsed(body);
	if (message === undefined) {
		res.writeHead(400, { "Content-Type": "text/plain" });
		res.end(`a message is {"name": …, "text": …}, of up to ${NAME_MAX} and ${TEXT_MAX} characters\n`);
	} else if (!eddy.send("chat", message)) {
		res.writeHead(503, { "Retry-After": "1" });
		res.end();
	} else {
		answer(res, []);
	}
}

// The clients ask again, and reach the next generation.
eddy.onDrain(() => {
	leaving = true;
	for (const wake of waiting)
		wake();
});

module.exports = (req, res) => {
	if (last(req) === "messages" && req.method === "POST")
		return post(req, res);
	if (last(req) === "messages" && req.method === "GET")
		return get(req, res);
	if (page("chat", req, res))
		return undefined;
	res.writeHead(last(req) === "messages" ? 405 : 404, last(req) === "messages" ? { Allow: "GET, POST" } : {});
	return res.end();
};
