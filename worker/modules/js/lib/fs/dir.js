// fs.Dir: a folder that is read one entry after the other. eddy reads it whole when it is opened:
// what is added later is not seen, which POSIX leaves open.
"use strict";

const args = require("fs/args");
const { argType, coded } = require("errors");
const { nextTick } = require("internal");
const { start, run, promise } = require("fs/calls");
const { plans } = require("fs/plans");

const closedError = () => coded(Error, "ERR_DIR_CLOSED", "Directory handle was closed");

class Dir {
	#entries;
	#next = 0;
	#closed = false;

	constructor(path, entries) {
		Object.defineProperty(this, "path", { configurable: true, enumerable: true, value: path });
		this.#entries = entries;
	}

	#take() {
		if (this.#closed)
			throw closedError();
		return this.#entries[this.#next++] ?? null;
	}

	read(callback) {
		if (callback === undefined)
			return new Promise((resolve) => resolve(this.#take()));
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		const entry = this.#take();
		nextTick(callback, null, entry);
		return undefined;
	}

	readSync() {
		return this.#take();
	}

	close(callback) {
		if (callback === undefined)
			return new Promise((resolve) => resolve(this.closeSync()));
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		const error = this.#closed ? closedError() : null;
		this.#closed = true;
		nextTick(callback, error);
		return undefined;
	}

	closeSync() {
		if (this.#closed)
			throw closedError();
		this.#closed = true;
	}

	async *[Symbol.asyncIterator]() {
		try {
			for (let entry = this.#take(); entry !== null; entry = this.#take())
				yield entry;
		} finally {
			if (!this.#closed)
				this.closeSync();
		}
	}
}

function* plan(path, options) {
	try {
		const list = yield* plans.readdir(path, { ...options, withFileTypes: true });
		return new Dir(typeof path === "string" ? path : String(path), list);
	} catch (error) {
		if (error.syscall === "scandir") {
			error.syscall = "opendir";
			error.message = error.message.replace(", scandir", ", opendir");
		}
		throw error;
	}
}

function checked(path, options) {
	return plan(args.path(path), args.options(options));
}

module.exports = {
	Dir,
	opendir(path, options, callback) {
		if (typeof options === "function")
			[callback, options] = [options, undefined];
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		start(checked(path, options), callback);
	},
	opendirSync: (path, options) => run(checked(path, options), "opendirSync"),
	opendirPromise: async (path, options) => promise(checked(path, options)),
};
