// tty: no descriptor of a worker's is a terminal, whoever has started eddyd.
"use strict";

const net = require("net");
const { coded } = require("errors");

function isatty() {
	return false;
}

function noTerminal(fd) {
	if (fd !== (fd | 0) || fd < 0)
		return coded(RangeError, "ERR_INVALID_FD", `"fd" must be a positive integer: ${fd}`);
	const info = { errno: -22, code: "EINVAL", message: "invalid argument", syscall: "uv_tty_init" };
	const error = coded(Error, "ERR_TTY_INIT_FAILED",
		`TTY initialization failed: ${info.syscall} returned ${info.code} (${info.message})`);
	Object.defineProperty(error, "name", { configurable: true, writable: true, value: "SystemError" });
	return Object.assign(error, { info, errno: info.errno, syscall: info.syscall });
}

// For `instanceof` and for what looks at their prototypes; none can be made.
function ReadStream(fd, options) {
	throw noTerminal(fd);
}

function WriteStream(fd) {
	throw noTerminal(fd);
}

for (const Stream of [ReadStream, WriteStream]) {
	Object.setPrototypeOf(Stream.prototype, net.Socket.prototype);
	Object.setPrototypeOf(Stream, net.Socket);
}

module.exports = { isatty, ReadStream, WriteStream };
