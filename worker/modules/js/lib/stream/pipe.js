// readable.pipe: one stream into another, as fast as that one takes it.
"use strict";

const { nextTick } = require("internal");
const { fail } = require("stream/base");

function pipe(sink, options) {
	const source = this, state = this._readableState;
	state.awaiting ??= new Set();
	const end = (!options || options.end !== false) && sink !== process.stdout && sink !== process.stderr;
	state.pipes.push(sink);

	function onData(piece) {
		if (sink.write(piece) === false)
			stop();
	}
	let draining = false;
	function stop() {
		if (!cleaned) {
			state.awaiting.add(sink);
			source.pause();
		}
		if (!draining) {
			draining = true;
			sink.on("drain", onDrain);
		}
	}
	function onDrain() {
		state.awaiting.delete(sink);
		if (state.awaiting.size === 0 && source.listenerCount("data") > 0)
			source.resume();
	}
	let cleaned = false;
	function cleanUp() {
		if (cleaned)
			return;
		cleaned = true;
		sink.removeListener("close", onClose);
		sink.removeListener("finish", onFinish);
		sink.removeListener("drain", onDrain);
		sink.removeListener("error", onError);
		sink.removeListener("unpipe", onUnpipe);
		source.removeListener("end", onEnd);
		source.removeListener("end", unpipe);
		source.removeListener("data", onData);
		if (state.awaiting.delete(sink) && state.awaiting.size === 0 && state.pipes.length > 0)
			source.resume();
	}
	const onEnd = () => sink.end();
	const unpipe = () => source.unpipe(sink);
	function onError(error) {
		unpipe();
		sink.removeListener("error", onError);
		if (sink.listenerCount("error") === 0) {
			if (sink._writableState && !sink.errorEmitted_)
				fail(sink, error);
			else
				sink.emit("error", error);
		}
	}
	function onClose() {
		sink.removeListener("finish", onFinish);
		unpipe();
	}
	function onFinish() {
		sink.removeListener("close", onClose);
		unpipe();
	}
	function onUnpipe(from, info) {
		if (from === source && info && !info.hasUnpiped) {
			info.hasUnpiped = true;
			cleanUp();
		}
	}
	if (state.endEmitted)
		nextTick(end ? onEnd : unpipe);
	else
		source.once("end", end ? onEnd : unpipe);
	sink.on("unpipe", onUnpipe);
	source.on("data", onData);
	sink.prependListener("error", onError);
	sink.once("close", onClose);
	sink.once("finish", onFinish);
	sink.emit("pipe", source);
	if (sink.writableNeedDrain === true)
		stop();
	else if (!state.flowing)
		source.resume();
	return sink;
}

function unpipe(sink) {
	const state = this._readableState, info = { hasUnpiped: false };
	const gone = sink === undefined ? state.pipes.splice(0) : state.pipes.filter((one) => one === sink);
	if (sink !== undefined) {
		const at = state.pipes.indexOf(sink);
		if (at < 0)
			return this;
		state.pipes.splice(at, 1);
	}
	if (state.pipes.length === 0)
		this.pause();
	for (const one of sink === undefined ? gone : [sink])
		one.emit("unpipe", this, sink === undefined ? { hasUnpiped: false } : info);
	return this;
}

module.exports = { pipe, unpipe };
