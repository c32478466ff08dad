// What a script changes when the head is settled changes nothing of it; what listeners throw keeps no event back.
const http = require("http");
const { getEventListeners } = require("events");
const { ask, get } = require("./http/raw");

const handlers = {
	"/status": (req, res) => {
		res.writeHead(201);
		res.statusCode = 404;
		res.end();
	},
	"/words": (req, res) => {
		res.writeHead(202, "As Said");
		res.statusMessage = "Said\r\nOtherwise: yes";
		res.end();
	},
	"/later": (req, res) => setTimeout(() => {
		res.statusMessage = "Words";
		res.writeHead(203);
		res.statusCode = 204;
		res.statusMessage = undefined;
		res.write("a body");
		res.end(" of two pieces");
	}, 1),
	"/finish": (req, res) => {
		res.on("finish", () => {
			throw new Error("in finish");
		});
		res.end("finish");
	},
	"/callback": (req, res) => {
		res.end("callback", () => {
			throw new Error("in the callback of end");
		});
	},
};

process.on("uncaughtException", (error) => said.push(`uncaught: ${error.message}`));
const said = [];
const controller = new AbortController();
const server = http.createServer((req, res) => {
	res.on("close", () => said.push(`${req.url} is closed`));
	handlers[req.url](req, res);
});
const paths = Object.keys(handlers);

function next() {
	const path = paths.shift();
	if (path !== undefined) {
		ask(server.address().port, get(path), (text) => {
			console.log(path, text.split("\r\n")[0], text.includes("Otherwise"));
			next();
		});
		return;
	}
	console.log(getEventListeners(controller.signal, "abort").length);
	server.close(() => {
		console.log(said.join("\n"));
		console.log(getEventListeners(controller.signal, "abort").length, "done");
	});
}
server.listen({ port: 0, host: "127.0.0.1", signal: controller.signal }, next);
