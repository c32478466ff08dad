// Readable.from: a stream of what something can be iterated over.
"use strict";

const { argType } = require("errors");
const { nextTick } = require("internal");
const { errorOf } = require("stream/base");
const { Readable } = require("stream/readable");

function from(items, options) {
	if (typeof items === "string" || items instanceof Buffer)
		return new Readable({ objectMode: true, ...options, read() {
			this.push(items);
			this.push(null);
		} });
	const make = items && (items[Symbol.asyncIterator] || items[Symbol.iterator]);
	if (!make)
		throw argType("iterable", "an instance of Iterable", items);
	const iterator = make.call(items);
	let busy = false;
	async function next(stream) {
		busy = true;
		try {
			for (;;) {
				const { value, done } = await iterator.next();
				if (done) {
					stream.push(null);
					break;
				}
				const item = await value;
				if (item === null)
					throw errorOf.nulls();
				if (!stream.push(item)) {
					busy = false;
					break;
				}
			}
		} catch (error) {
			stream.destroy(error);
		}
	}
	const stream = new Readable({ objectMode: true, highWaterMark: 1, ...options, read() {
		if (!busy)
			next(this);
	} });
	stream._destroy = (error, callback) => {
		Promise.resolve(error !== null && typeof iterator.throw === "function" ? iterator.throw(error).catch(() => {})
			: typeof iterator.return === "function" ? iterator.return() : undefined)
			.then(() => nextTick(callback, error), (failure) => nextTick(callback, error || failure));
	};
	return stream;
}

module.exports = { from };
