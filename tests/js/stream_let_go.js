// What `for await` does to a stream that it does not read to its end.
const { Readable, Duplex, PassThrough, finished } = require("stream");
const net = require("net");

const turn = () => new Promise((resolve) => setTimeout(resolve, 5));

function watch(stream) {
	for (const name of ["end", "error", "close", "aborted"])
		stream.on(name, (error) => console.log(name, error ? `${error.name} ${error.code} ${error.message}` : ""));
	return stream;
}

async function leave(name, stream, options) {
	console.log(`-- ${name}`);
	watch(stream);
	for await (const piece of options ? stream.iterator(options) : stream) {
		console.log("piece", String(piece));
		break;
	}
	console.log(stream.destroyed, stream.errored && stream.errored.name, stream.readableAborted);
	await turn();
	console.log(stream.destroyed, stream.errored && stream.errored.name, stream.readableAborted);
}

async function fail(name, stream) {
	console.log(`-- ${name}`);
	watch(stream);
	try {
		for await (const piece of stream)
			throw new TypeError(`at ${piece}`);
	} catch (error) {
		console.log("caught", error.message);
	}
	await turn();
	console.log(stream.destroyed, stream.errored && stream.errored.message);
}

function late() {
	const stream = new PassThrough();
	stream.end("only");
	return stream;
}

async function sockets() {
	console.log("-- a socket, ended behind the break");
	const server = net.createServer(async (socket) => {
		socket.on("error", (error) => console.log("server error", error.name));
		socket.on("close", (hadError) => console.log("server close", hadError));
		for await (const piece of socket) {
			socket.end(`bye ${piece}`);
			return;
		}
	});
	await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
	const client = net.connect(server.address().port, "127.0.0.1");
	let text = "";
	client.on("data", (piece) => {
		text += piece;
	});
	client.write("x");
	await new Promise((resolve) => client.on("close", resolve));
	console.log(text);
	await new Promise((resolve) => server.close(resolve));
}

async function main() {
	await leave("a Readable", Readable.from(["a", "b", "c"]));
	await leave("one that stays", Readable.from(["a", "b", "c"]), { destroyOnReturn: false });
	await leave("its last piece", Readable.from(["a"]));
	await leave("a PassThrough that has been ended", late());
	await leave("a Duplex", new Duplex({
		read() {
			this.push("d");
		},
		write: (piece, encoding, callback) => callback(),
	}));
	await leave("without autoDestroy", new Readable({
		autoDestroy: false,
		read() {
			this.push("r");
		},
	}));
	await fail("a throw", Readable.from(["a", "b"]));
	console.log("-- finished is told");
	const stream = Readable.from(["a", "b"]);
	finished(stream, (error) => console.log("finished", error.name, error.code));
	for await (const piece of stream)
		break;
	await turn();
	await sockets();
	console.log("done");
}
main();
