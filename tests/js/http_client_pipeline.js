// A client's request, and its answer, as parts of a pipeline that fails: the request is broken off.
"use strict";

const http = require("http");
const { PassThrough, Readable, pipeline } = require("stream");

const HOST = "127.0.0.1";
let arrived;
const server = http.createServer((req, res) => {
	if (req.url === "/hang")
		res.write("x");
	req.once("data", () => arrived());
}).listen(0, HOST, main);

function tell(lines, name, error) {
	lines.push(name, error && error.code, error && error.message);
}

// What happens, in its order unless `sorted`, when `fails` breaks a pipeline into a request whose first bytes have come to the server.
function upload(path, fails, sorted = false) {
	return new Promise((resolve) => {
		const lines = [path], source = new Readable({ read() {} });
		const req = http.request({ host: HOST, port: server.address().port, method: "POST", path });
		let left = 2, begun = path === "/hang" ? 2 : 1;
		const one = () => --left === 0 && resolve(console.log(...sorted ? lines.map(String).sort() : lines));
		const begin = () => --begun === 0 && fails(source, req);
		arrived = begin;
		req.on("response", (res) => {
			res.resume().on("aborted", () => lines.push("aborted")).on("error", () => {});
			begin();
		});
		req.on("abort", () => lines.push("abort"));
		req.on("error", (error) => tell(lines, "error", error));
		req.on("close", () => {
			lines.push("close", req.destroyed, req.closed, req.errored);
			one();
		});
		pipeline(source, req, (error) => {
			tell(lines, "pipeline", error);
			one();
		});
		source.push("some");
	});
}

// The same of an answer that is piped on.
function download(fails) {
	return new Promise((resolve) => {
		const lines = ["answer"];
		let left = 2;
		const one = () => --left === 0 && resolve(console.log(...lines.sort()));
		const req = http.request({ host: HOST, port: server.address().port, path: "/hang" }, (res) => {
			const sink = new PassThrough().resume();
			pipeline(res, sink, (error) => {
				lines.push(`pipeline ${error.code} ${error.message}`);
				one();
			});
			sink.once("data", () => fails(req, res, sink));
		});
		req.on("error", (error) => lines.push(`error ${error.message}`));
		req.on("close", () => {
			lines.push(`close ${req.destroyed}`);
			one();
		}).end();
	});
}

async function main() {
	for (const path of ["/never", "/hang"]) {
		await upload(path, (source) => source.destroy());
		await upload(path, (source) => source.destroy(new Error("mine")));
	}
	await upload("/never", (source, req) => req.destroy());
	await upload("/never", (source, req) => req.destroy(new Error("mine")), true);
	await download((req) => req.destroy());
	await download((req, res) => res.destroy());
	await download((req, res, sink) => sink.destroy(new Error("mine")));
	server.close(() => console.log("done"));
	server.closeAllConnections();
}
