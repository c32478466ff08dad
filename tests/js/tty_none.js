// tty where nothing is a terminal.
const tty = require("tty"), net = require("net");
console.log(Object.keys(tty), require("node:tty") === tty);
console.log([999, -1, 1.5, "1", null, undefined, 1e12].map((fd) => tty.isatty(fd)));
for (const name of ["ReadStream", "WriteStream"]) {
	const Stream = tty[name];
	console.log(name, Stream.length, Object.getPrototypeOf(Stream) === net.Socket, Stream.prototype instanceof net.Socket,
		process.stdout instanceof Stream, process.stderr instanceof Stream);
	for (const fd of [999, -1, "1", 1.5, undefined, 1e12])
		for (const make of [() => new Stream(fd), () => Stream(fd)])
			try {
				console.log(make());
			} catch (error) {
				console.log(error.name, error.code, error.message, Object.keys(error).join(), error.info, error.errno, error.syscall,
					error instanceof RangeError);
			}
}
console.log("done");
