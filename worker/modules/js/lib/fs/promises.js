// fs/promises: the plans of fs/plans.js as promises, and FileHandle.
"use strict";

const EventEmitter = require("events");
const args = require("fs/args");
const { abortError } = require("abort");
const { argType, coded } = require("errors");
const { promise } = require("fs/calls");
const { NOT_OFFERED, notOffered } = require("fs/not_offered");
const { plans, readAll, writeAndFlush, writeOptions } = require("fs/plans");
const { constants } = require("fs/stats");
const { opendirPromise } = require("fs/dir");

const NAMES = ["access", "chmod", "chown", "copyFile", "lchown", "link", "lstat", "lutimes", "mkdir", "mkdtemp",
	"readdir", "readlink", "rename", "rm", "rmdir", "stat", "statfs", "symlink", "truncate", "unlink", "utimes"];

// handles ------------------------------------------------------------------------------

const opened = Symbol("opened");

class FileHandle extends EventEmitter {
	#fd = -1;
	#closing;
	#streamed = false;

	constructor(key, fd) {
		super();
		if (key !== opened)
			throw coded(TypeError, "ERR_ILLEGAL_CONSTRUCTOR", "Illegal constructor");
		this.#fd = fd;
	}

	get fd() {
		return this.#fd;
	}

	// A plan on the descriptor. When it is closed there is none.
	#do(syscall, make) {
		if (this.#fd < 0)
			return Promise.reject(Object.assign(new Error("file closed"), { code: "EBADF", syscall }));
		return promising(() => make(this.#fd));
	}

	appendFile(data, options) {
		return this.writeFile(data, options);
	}

	chmod(mode) {
		return this.#do("fchmod", (fd) => plans.fchmod(fd, mode));
	}

	chown(uid, gid) {
		return this.#do("fchown", (fd) => plans.fchown(fd, uid, gid));
	}

	datasync() {
		return this.#do("fdatasync", (fd) => plans.fdatasync(fd));
	}

	sync() {
		return this.#do("fsync", (fd) => plans.fsync(fd));
	}

	async read(bytes, offset, length, position) {
		if (!ArrayBuffer.isView(bytes)) {
			const { buffer = Buffer.alloc(16384), ...more } = bytes ?? {};
			[bytes, offset] = [buffer, more];
		}
		const bytesRead = await this.#do("read", (fd) => plans.read(fd, bytes, offset, length, position));
		return { __proto__: null, bytesRead, buffer: bytes };
	}

	async readv(buffers, position) {
		const bytesRead = await this.#do("readv", (fd) => plans.readv(fd, buffers, position));
		return { __proto__: null, bytesRead, buffers };
	}

	readFile(options) {
		return this.#do("readFile", (fd) => readAll(fd, args.options(options)));
	}

	readLines(options) {
		return lines(this.createReadStream(options));
	}

	stat(options) {
		return this.#do("fstat", (fd) => plans.fstat(fd, options));
	}

	truncate(length) {
		return this.#do("ftruncate", (fd) => plans.ftruncate(fd, length));
	}

	utimes(atime, mtime) {
		return this.#do("futimes", (fd) => plans.futimes(fd, atime, mtime));
	}

	async write(data, ...rest) {
		const bytesWritten = await this.#do("write", (fd) => plans.write(fd, data, ...rest));
		return { __proto__: null, bytesWritten, buffer: data };
	}

	async writev(buffers, position) {
		const bytesWritten = await this.#do("writev", (fd) => plans.writev(fd, buffers, position));
		return { __proto__: null, bytesWritten, buffers };
	}

	writeFile(data, options) {
		return this.#do("writeFile", (fd) => writeAny(fd, data, writeOptions(options, "w")));
	}

	close() {
		if (this.#fd < 0 && this.#closing === undefined)
			return Promise.resolve();
		if (this.#closing === undefined) {
			const fd = this.#fd;
			this.#fd = -1;
			this.#closing = promise(plans.close(fd)).finally(() => {
				this.#closing = undefined;
			});
			this.emit("close");
		}
		return this.#closing;
	}

	createReadStream(options) {
		return require("fs/streams").createReadStream(undefined, { ...options, fd: this });
	}

	createWriteStream(options) {
		return require("fs/streams").createWriteStream(undefined, { ...options, fd: this });
	}
}
if (Symbol.asyncDispose)
	Object.defineProperty(FileHandle.prototype, Symbol.asyncDispose, { value() {
		return this.close();
	} });

// Lines without their ends, as they come.
async function* lines(stream) {
	const { StringDecoder } = require("string_decoder");
	const decoder = new StringDecoder("utf8");
	let rest = "";
	for await (const piece of stream) {
		const parts = (rest + decoder.write(piece)).split(/\r\n|\n|\r(?!$)/);
		rest = parts.pop();
		yield* parts;
	}
	rest += decoder.end();
	if (rest !== "")
		yield* rest.split(/\r/).filter((part, i, all) => part !== "" || i < all.length - 1);
}

// functions ----------------------------------------------------------------------------

// What checks arguments throws; here that is a rejection. A plan, or a promise already.
function promising(make) {
	try {
		const made = make();
		return made instanceof Promise ? made : promise(made);
	} catch (error) {
		return Promise.reject(error);
	}
}

function isIterable(data) {
	return data !== null && typeof data === "object" && !ArrayBuffer.isView(data) &&
		(Symbol.asyncIterator in data || Symbol.iterator in data);
}

// Text, bytes, or what brings them piece by piece.
function writeAny(fd, data, options) {
	if (!isIterable(data))
		return writeAndFlush(fd, args.data(data, options.encoding), options);
	return writePieces(fd, data, options);
}

async function writePieces(fd, data, options) {
	const { signal, encoding } = options;
	for await (const one of data) {
		if (signal && signal.aborted)
			throw abortError(signal.reason);
		await promise(writeAndFlush(fd, args.data(one, encoding), { signal }));
	}
	if (options.flush)
		await promise(plans.fsync(fd));
}

async function writeFile(path, data, options) {
	options = writeOptions(options, options?.flag ?? "w");
	if (path instanceof FileHandle)
		return path.writeFile(data, options);
	if (!isIterable(data))
		return promise(plans.writeFile(path, data, options));
	if (options.signal && options.signal.aborted)
		throw abortError(options.signal.reason);
	const fd = await promise(plans.open(path, options.flag, options.mode));
	try {
		await writePieces(fd, data, options);
	} finally {
		await promise(plans.close(fd));
	}
	return undefined;
}

const promises = {};
for (const name of NAMES)
	promises[name] = { [name]: async (...given) => promise(plans[name](...given)) }[name];
Object.assign(promises, {
	async appendFile(path, data, options) {
		if (path instanceof FileHandle)
			return path.appendFile(data, options);
		return writeFile(path, data, { ...args.options(options), flag: args.options(options).flag ?? "a" });
	},
	async open(path, flags, mode) {
		return new FileHandle(opened, await promise(plans.open(path, flags, mode)));
	},
	opendir: opendirPromise,
	async readFile(path, options) {
		if (path instanceof FileHandle)
			return path.readFile(options);
		if (typeof path === "number")
			throw argType("path", "of type string or an instance of Buffer or URL", path);
		return promise(plans.readFile(path, options));
	},
	async lchmod() {
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "The lchmod() method is not implemented");
	},
	async realpath(path, options) {
		return promise(plans.realpathNative(path, options));
	},
	writeFile,
	constants,
	async cp() {
		throw notOffered("promises.cp", NOT_OFFERED.cp);
	},
	watch() {
		throw notOffered("promises.watch", NOT_OFFERED.watch);
	},
});

module.exports = promises;
Object.defineProperty(promises, "FileHandle", { value: FileHandle });
