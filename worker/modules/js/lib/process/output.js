// Descriptors 1 and 2: what a script writes there, with process.stdout, console or fs, are lines of eddy's log. What has
// no line's end yet waits for it.
"use strict";

const LOG_ERR = 3, LOG_INFO = 6;
const LINE_MAX = 16384; // characters that wait for a line's end: more are a line

class Output {
	#priority;
	#line = "";
	#decoder;

	constructor(priority) {
		this.#priority = priority;
	}

	// Text, or bytes, which may end inside of a character.
	write(piece) {
		const text = this.#line + (typeof piece === "string" ? piece : this.#decode(piece));
		const found = text.lastIndexOf("\n"), end = text.length - found > LINE_MAX ? text.length : found;
		this.#line = text.slice(end + 1);
		if (end >= 0)
			native.log(this.#priority, text.slice(0, end));
	}

	#decode(bytes) {
		this.#decoder ??= new (require("string_decoder").StringDecoder)("utf8");
		return this.#decoder.write(bytes);
	}

	// What a line has been begun with, for who writes its end another way.
	take() {
		const line = this.#line;
		this.#line = "";
		return line;
	}

	// There will be no end of it.
	flush() {
		if (this.#line !== "")
			native.log(this.#priority, this.take());
	}
}

const outputs = { 1: new Output(LOG_INFO), 2: new Output(LOG_ERR) };

function flush() {
	outputs[1].flush();
	outputs[2].flush();
}

module.exports = { outputs, flush };
