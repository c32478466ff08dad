// What streams were before Readable: readable.wrap() takes one in, and Stream's own pipe() reads it.
"use strict";

const EventEmitter = require("events");

// Makes `stream`, a Readable that reads nothing itself, give what an old one tells by events.
function wrap(stream, old) {
	let paused = false;
	old.on("data", (piece) => {
		if (stream.push(piece) || typeof old.pause !== "function")
			return;
		paused = true;
		old.pause();
	});
	old.on("end", () => stream.push(null));
	old.on("error", (error) => stream.destroy(error));
	for (const name of ["close", "destroy"])
		old.on(name, () => stream.destroy());
	stream._read = () => {
		if (!paused || typeof old.resume !== "function")
			return;
		paused = false;
		old.resume();
	};
	for (const name of Object.keys(old))
		if (stream[name] === undefined && typeof old[name] === "function")
			stream[name] = old[name].bind(old);
	return stream;
}

function pipe(sink, options) {
	const source = this;
	function onData(piece) {
		if (sink.writable && sink.write(piece) === false && typeof source.pause === "function")
			source.pause();
	}
	function onDrain() {
		if (source.readable && typeof source.resume === "function")
			source.resume();
	}
	let over = false;
	function onEnd() {
		if (!over)
			sink.end();
		over = true;
	}
	function onClose() {
		if (!over && typeof sink.destroy === "function")
			sink.destroy();
		over = true;
	}
	function onError(error) {
		cleanUp();
		if (this.listenerCount("error") === 0)
			this.emit("error", error); // nobody else hears of it
	}
	const listeners = [[source, "data", onData], [sink, "drain", onDrain], [source, "error", onError], [sink, "error", onError]];
	if (sink !== process.stdout && sink !== process.stderr && (!options || options.end !== false))
		listeners.push([source, "end", onEnd], [source, "close", onClose]);
	listeners.push([source, "end", cleanUp], [source, "close", cleanUp], [sink, "close", cleanUp]);
	function cleanUp() {
		for (const [emitter, name, listener] of listeners)
			emitter.removeListener(name, listener);
	}
	for (const [emitter, name, listener] of listeners)
		EventEmitter.prototype[name === "error" ? "prependListener" : "on"].call(emitter, name, listener);
	sink.emit("pipe", source);
	return sink;
}

module.exports = { wrap, pipe };
