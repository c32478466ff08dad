// stream/promises.
"use strict";

const stream = require("stream");

module.exports = {
	pipeline: (...parts) => new Promise((resolve, reject) => {
		const last = parts[parts.length - 1];
		const options = last && typeof last === "object" && typeof last.pipe !== "function" &&
			!last[Symbol.asyncIterator] && !last[Symbol.iterator] ? parts.pop() : {};
		const sink = stream.pipeline(...parts, (error, value) => error ? reject(error) : resolve(value));
		if (options.signal)
			stream.addAbortSignal(options.signal, sink);
	}),
	finished: (one, options) => new Promise((resolve, reject) =>
		stream.finished(one, options, (error) => error ? reject(error) : resolve())),
};
