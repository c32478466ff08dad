// What tests/bench/soak asks for: a bit of all that scripts do.
"use strict";

const fs = require("fs");
const http = require("http");
const os = require("os");
const path = require("path");
const { pipeline } = require("stream");
const { promisify } = require("util");

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "soak-"));
const sleep = promisify(setTimeout);
const PIECE = Buffer.alloc(16384, "p");
let uploads = 0;
let parked = [];

// Answers those that wait, as a chat does when somebody has said something.
setInterval(() => {
	const waiting = parked;
	parked = [];
	for (const res of waiting)
		res.end(`now ${waiting.length}\n`);
}, 200);

function upload(req, res) {
	const file = path.join(folder, `${process.pid}-${uploads++}`);
	pipeline(req, fs.createWriteStream(file), (error) => {
		if (error) {
			res.destroy(error);
			return;
		}
		fs.promises.stat(file)
			.then(({ size }) => fs.promises.unlink(file).then(() => res.end(`${size} bytes\n`)))
			.catch((failure) => res.destroy(failure));
	});
}

async function stream(res) {
	for (let i = 0; i < 20; i++) {
		if (!res.write(PIECE))
			await new Promise((go) => res.once("drain", go));
		await sleep(1);
	}
	res.end();
}

function proxy(req, res) {
	const options = { host: "127.0.0.1", port: req.socket.localPort, path: "/json" };
	http.get(options, (answer) => {
		res.writeHead(answer.statusCode, { "Content-Type": answer.headers["content-type"] });
		answer.pipe(res);
	}).on("error", (error) => res.destroy(error));
}

const ROUTES = {
	"/": (req, res) => res.end("Hello World\n"),
	"/json": (req, res) => {
		res.setHeader("Content-Type", "application/json");
		res.end(JSON.stringify({ url: req.url, headers: req.headers, at: new Date() }));
	},
	"/wait": (req, res) => parked.push(res),
	"/upload": upload,
	"/stream": (req, res) => stream(res),
	"/proxy": proxy,
	"/throw": () => {
		throw new Error("as it should");
	},
};

module.exports = (req, res) => {
	const route = ROUTES[req.url];
	if (route !== undefined) {
		route(req, res);
	} else {
		res.statusCode = 404;
		res.end();
	}
};
process.on("exit", () => fs.rmSync(folder, { recursive: true, force: true }));
