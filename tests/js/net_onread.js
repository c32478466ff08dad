// The option onread: what comes is put into one's own buffer. And unix sockets at relative paths.
"use strict";

const fs = require("fs");
const net = require("net");

// Sends pieces to a client with `onread`, and waits for its close.
function receive(onread, text, use) {
	return new Promise((resolve) => {
		const server = net.createServer((socket) => socket.end(text)).listen(0, "127.0.0.1", () => {
			const client = net.connect({ port: server.address().port, host: "127.0.0.1", onread });
			client.on("data", () => console.log("no data is told"));
			client.on("end", () => console.log("end"));
			client.on("error", (error) => console.log(error.code));
			client.on("close", (failed) => {
				console.log("close", failed, client.bytesRead);
				server.close(resolve);
			});
			if (use)
				use(client);
		});
	});
}

async function main() {
	const buffer = Buffer.alloc(8);
	await receive({ buffer, callback(n, bytes) {
		console.log(n, bytes.toString("latin1", 0, n), bytes === buffer);
	} }, "0123456789abcdefXYZ");
	let made = 0;
	await receive({ buffer: () => Buffer.alloc(++made), callback(n, bytes) {
		console.log(n, bytes.length, bytes.toString("latin1", 0, n));
		return true;
	} }, "0123456789");
	let client;
	await receive({ buffer: new Uint8Array(4), callback(n, bytes) {
		console.log(n, Buffer.from(bytes.subarray(0, n)).toString());
		if (bytes[0] === 0x30) {
			setTimeout(() => {
				console.log("resume");
				client.resume();
			}, 5);
			return false;
		}
		return true;
	} }, "0123abcd", (socket) => {
		client = socket;
	});

	const folder = await fs.promises.mkdtemp("/tmp/onread-");
	const path = require("path").relative(process.cwd(), `${folder}/echo.sock`);
	const server = net.createServer((socket) => socket.end("from a relative path"));
	await new Promise((resolve) => server.listen(path, resolve));
	console.log(server.address() === path, (await fs.promises.stat(path)).isSocket());
	await new Promise((resolve) => {
		net.connect({ path }).on("data", (data) => console.log(`${data}`)).on("close", resolve);
	});
	await new Promise((resolve) => server.close(resolve));
	const lost = net.connect(path);
	await new Promise((resolve) => lost.on("error", (error) => {
		console.log(error.code, error.message === `connect ENOENT ${path}`, error.address === path);
		resolve();
	}));
	await fs.promises.rm(folder, { recursive: true });

	for (const options of [{ keepAliveInitialDelay: "1" }, { highWaterMark: "1" }]) {
		try {
			net.createServer(options);
		} catch (error) {
			console.log(error.code, error.message);
		}
	}
	console.log("done");
}
main();
