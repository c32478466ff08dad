// Requests and responses as streams: pipe, pipeline, finished, for await, read by hand.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");
const { Readable, Writable, pipeline, finished } = require("stream");
const { pipeline: piped } = require("stream/promises");

raw(({ path, body }) => path === "/large" ? raw.ok("0123456789".repeat(30000)) : raw.ok(body.replace(/[\r\n]/g, ".")), async (at, server) => {
	const base = { ...at, agent: false };
	const post = (callback) => http.request({ ...base, method: "POST", path: "/echo" }, callback);
	async function text(res) {
		let all = "";
		for await (const piece of res)
			all += piece;
		return all;
	}
	let res = await new Promise((resolve) => Readable.from(["a", "b", "c"]).pipe(post(resolve)));
	console.log("pipe", await text(res), res.complete);

	res = await new Promise((resolve) => {
		pipeline(Readable.from(["one", "two"]), post(resolve), (error) => console.log("pipeline", error && error.code));
	});
	console.log(await text(res));

	const pieces = [];
	res = await new Promise((resolve) => http.get({ ...base, path: "/large" }, resolve));
	await piped(res, new Writable({ highWaterMark: 1000, write(piece, encoding, callback) {
		pieces.push(piece.length);
		setImmediate(callback);
	} }));
	console.log(pieces.reduce((a, b) => a + b), pieces.length > 1);

	res = await new Promise((resolve) => http.get({ ...base, path: "/large" }, resolve));
	let seen = 0;
	for await (const piece of res) {
		seen += piece.length;
		break;
	}
	await new Promise((resolve) => res.on("close", resolve));
	console.log("left early", seen > 0, res.destroyed);

	res = await new Promise((resolve) => http.get({ ...base, path: "/large" }, resolve));
	finished(res, (error) => console.log("finished", error));
	res.setEncoding("utf8");
	let all = "";
	res.on("readable", () => {
		let piece;
		while ((piece = res.read(7)) !== null)
			all += piece;
		if ((piece = res.read()) !== null)
			all += piece;
	});
	await new Promise((resolve) => res.on("end", resolve));
	console.log(all.length);

	const request = post((res) => res.resume());
	finished(request, (error) => console.log("request finished", error));
	request.cork();
	request.write("x");
	request.uncork();
	request.end("y");
	await new Promise((resolve) => request.on("close", resolve));
	const source = new Readable({ read() {} });
	const given = post();
	given.on("error", () => {});
	pipeline(source, given, (error) => console.log("pipeline", error.message));
	source.push("some");
	setTimeout(() => source.destroy(new Error("the source is broken")), 20);
	await new Promise((resolve) => given.on("close", resolve));
	server.close(() => console.log("done"));
});
