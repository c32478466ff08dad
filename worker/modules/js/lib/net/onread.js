// The option `onread` of a socket: what comes is put into a buffer of the script's, over and over, and told to its
// callback; there are no events 'data'.
"use strict";

const { nextTick } = require("internal");
const { systemError } = require("net/address");

class Reader {
	#socket;
	#buffer;
	#callback;
	#pieces = []; // that have come and were not told yet
	#over = false; // nothing comes behind them
	#told; // what is called then

	constructor(socket, { buffer, callback }) {
		this.#socket = socket;
		this.#buffer = buffer;
		this.#callback = callback;
		this.stopped = false;
	}

	// What has come, as an ArrayBuffer.
	give(bytes) {
		this.#pieces.push(new Uint8Array(bytes));
		this.#run();
	}

	end(told) {
		this.#over = true;
		this.#told = told;
		this.#run();
	}

	stop() {
		this.stopped = true;
		native.socketFlow(this.#socket.id_, false);
	}

	resume() {
		if (!this.stopped)
			return;
		this.stopped = false;
		native.socketFlow(this.#socket.id_, true);
		nextTick(() => this.#run());
	}

	#run() {
		while (!this.stopped && this.#pieces.length > 0 && !this.#socket.destroyed)
			this.#tell();
		if (!this.#over || this.stopped || this.#pieces.length > 0)
			return;
		this.#over = false;
		this.#told();
	}

	#tell() {
		const room = typeof this.#buffer === "function" ? this.#buffer() : this.#buffer;
		const [piece] = this.#pieces, n = Math.min(room.length, piece.length);
		if (n === 0) {
			this.#socket.destroy(systemError("ENOBUFS", "read"));
			return;
		}
		room.set(piece.subarray(0, n));
		if (n < piece.length)
			this.#pieces[0] = piece.subarray(n);
		else
			this.#pieces.shift();
		if (this.#callback(n, room) === false)
			this.stop();
	}
}

// As Node has it, what is not whole counts for nothing.
function readerOf(socket, onread) {
	if (onread === null || typeof onread !== "object" || typeof onread.callback !== "function" ||
		!(onread.buffer instanceof Uint8Array || typeof onread.buffer === "function"))
		return undefined;
	return new Reader(socket, onread);
}

module.exports = { readerOf };
