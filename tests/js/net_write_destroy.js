// What is written before a socket is destroyed: the kernel has it by then, and the other side gets it.
const net = require("net");
const { Readable, pipeline } = require("stream");

function* failing() {
	yield "from a pipeline";
	throw new Error("its source");
}

// What the server does with a connection; or with true, what the client does.
const cases = [
	["write, destroy", (socket) => {
		socket.write("one ");
		socket.write("two");
		socket.destroy();
	}],
	["end, destroy", (socket) => {
		socket.end("end");
		socket.destroy();
	}],
	["destroy in the callback of write", (socket) => socket.write("write", () => socket.destroy())],
	["destroy in the callback of end", (socket) => socket.end("end", () => socket.destroy())],
	["destroy in a tick", (socket) => {
		socket.write("tick");
		process.nextTick(() => socket.destroy());
	}],
	["destroy in a microtask", (socket) => {
		socket.write("microtask");
		Promise.resolve().then(() => socket.destroy());
	}],
	["destroy in an immediate", (socket) => {
		socket.write("immediate");
		setImmediate(() => socket.destroy());
	}],
	["destroy with an error", (socket) => {
		socket.write("error");
		socket.destroy(new Error("on purpose"));
	}],
	["destroySoon", (socket) => {
		socket.write("soon");
		socket.destroySoon();
	}],
	["a pipeline whose source fails", (socket) => pipeline(Readable.from(failing()), socket, (error) => {
		console.log("pipeline:", error.message);
	})],
	["corked", (socket) => {
		socket.cork();
		socket.write("never sent");
		socket.destroy();
	}],
	["the client's", (socket) => {
		socket.write("metric:1|c\n");
		socket.destroy();
	}, true],
	["the client's, in the callback", (socket) => socket.write("metric:2|c\n", () => socket.destroy()), true],
];

let i = 0, now, reader;

function read(socket) {
	let text = "";
	socket.setEncoding("utf8");
	socket.on("data", (piece) => {
		text += piece;
	});
	socket.on("error", (error) => console.log("reader:", error.code));
	socket.on("close", () => {
		console.log(JSON.stringify(text));
		setImmediate(next);
	});
}

function act(socket) {
	socket.on("error", (error) => console.log("error:", error.message));
	now[1](socket);
}

const server = net.createServer((socket) => now[2] ? read(socket) : act(socket));

function next() {
	now = cases[i++];
	if (now === undefined) {
		server.close(() => console.log("done"));
		return;
	}
	console.log(`-- ${now[0]}`);
	const client = net.connect(server.address().port, "127.0.0.1");
	if (now[2])
		client.on("connect", () => act(client));
	else
		read(client);
}
server.listen(0, "127.0.0.1", next);
