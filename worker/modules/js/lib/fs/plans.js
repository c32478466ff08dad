// Each function of fs once: what it is given is checked, and the plan of what is to be done comes
// back. See fs/calls.js; lib/fs.js and lib/fs/promises.js carry the plans out.
"use strict";

const args = require("fs/args");
const tree = require("fs/tree");
const { abortError } = require("abort");
const { coded, outOfRange, argValue } = require("errors");
const { CALL, call } = require("fs/calls");
const { constants, stats, bigStats, statFs, bigStatFs } = require("fs/stats");

const PIECE = 512 * 1024; // of a file that is read or written whole: others have a turn in between
const UNKNOWN_PIECE = 64 * 1024; // of one that does not say how long it is
const READ_FILE_MAX = 2 ** 31 - 1;
const { S_IFMT, S_IFREG } = constants;
const none = () => undefined;

// calls --------------------------------------------------------------------------------

const plain = (number, syscall) => (target, other, a, b) => call(number, syscall, target, other, a, b, 0, none);
const open = (path, flags, mode) => call(CALL.OPEN, "open", path, undefined, flags, mode, 0);
const close = plain(CALL.CLOSE, "close");
const read = (fd, bytes, offset, length, position) => call(CALL.READ, "read", fd, bytes, offset, length, position);
const write = (fd, bytes, offset, length, position) => call(CALL.WRITE, "write", fd, bytes, offset, length, position);
const fstat = (fd, big) =>
	call(CALL.FSTAT, "fstat", fd, undefined, big ? 1 : 0, 0, 0, big ? bigStats : stats);
const ftruncate = plain(CALL.FTRUNCATE, "ftruncate");

// A path that the system tells, as the encoding wants it.
function text(number, syscall, path, encoding) {
	const bytes = encoding !== undefined && encoding !== null && !/^utf-?8$/i.test(encoding);
	const make = (raw) => encoding === "buffer" ? Buffer.from(raw) : Buffer.from(raw).toString(encoding);
	return call(number, syscall, path, undefined, bytes ? 1 : 0, 0, 0, bytes ? make : undefined);
}

function statPlan(number, syscall, path, options) {
	const { bigint = false } = options ?? {};
	return call(number, syscall, args.path(path), undefined, bigint ? 1 : 0, 0, 0, bigint ? bigStats : stats);
}

// For statSync, which need not throw.
function* orNothing(one) {
	try {
		return yield one;
	} catch (error) {
		if (error.code !== "ENOENT" && error.code !== "ENOTDIR")
			throw error;
		return undefined;
	}
}

// whole files --------------------------------------------------------------------------

function check(signal) {
	if (signal && signal.aborted)
		throw abortError(signal.reason);
}

// Closes a file that `work` has used, however that ended.
function* using(path, flags, mode, work) {
	const fd = yield open(path, flags, mode);
	let result;
	try {
		result = yield* work(fd);
	} catch (error) {
		yield close(fd);
		throw error;
	}
	yield close(fd);
	return result;
}

function* readKnown(fd, size, signal) {
	const bytes = Buffer.allocUnsafeSlow(size);
	let n = 0;
	while (n < size) {
		check(signal);
		const got = yield read(fd, bytes, n, Math.min(PIECE, size - n), -1);
		if (got === 0)
			break;
		n += got;
	}
	return n === size ? bytes : bytes.subarray(0, n);
}

// Of what does not know its size: /proc, a FIFO.
function* readUnknown(fd, signal) {
	const pieces = [];
	for (;;) {
		check(signal);
		const bytes = Buffer.allocUnsafeSlow(UNKNOWN_PIECE);
		const n = yield read(fd, bytes, 0, UNKNOWN_PIECE, -1);
		if (n === 0)
			return Buffer.concat(pieces);
		pieces.push(bytes.subarray(0, n));
	}
}

function* readAll(fd, { encoding, signal }) {
	check(signal);
	const { mode, size } = yield fstat(fd);
	if ((mode & S_IFMT) === S_IFREG && size > READ_FILE_MAX)
		throw coded(RangeError, "ERR_FS_FILE_TOO_LARGE", `File size (${size}) is greater than 2 GiB`);
	const known = (mode & S_IFMT) === S_IFREG && size > 0;
	const bytes = yield* known ? readKnown(fd, size, signal) : readUnknown(fd, signal);
	check(signal);
	return encoding && encoding !== "buffer" ? bytes.toString(encoding) : bytes;
}

function readFile(path, options) {
	options = args.options(options, { flag: "r" });
	if (typeof path === "number")
		return readAll(args.descriptor(path), options);
	return aborted(options.signal, using(args.path(path), args.flags(options.flag), 0o666, (fd) => readAll(fd, options)));
}

// A plan that does not begin when its signal has been given.
function* aborted(signal, plan) {
	check(signal);
	return yield* plan;
}

function* writeAll(fd, bytes, signal) {
	for (let n = 0; n < bytes.length;) {
		check(signal);
		n += yield write(fd, bytes, n, Math.min(PIECE, bytes.length - n), -1);
	}
}

function* writeAndFlush(fd, bytes, { signal, flush }) {
	yield* writeAll(fd, bytes, signal);
	if (flush)
		yield plain(CALL.FSYNC, "fsync")(fd);
}

function writeOptions(options, flag) {
	options = args.options(options, { encoding: "utf8", mode: 0o666, flag });
	if (options.flush !== undefined && options.flush !== null)
		args.boolean(options.flush, "options.flush");
	return options;
}

function writeFile(path, data, options) {
	options = writeOptions(options, "w");
	const bytes = args.data(data, options.encoding);
	if (typeof path === "number")
		return writeAndFlush(args.descriptor(path), bytes, options);
	return aborted(options.signal, using(args.path(path), args.flags(options.flag), args.mode(options.mode, "mode"),
		(fd) => writeAndFlush(fd, bytes, options)));
}

function appendFile(path, data, options) {
	options = writeOptions(options, "a");
	return writeFile(path, data, { ...options, flag: options.flag || "a" });
}

// pieces -------------------------------------------------------------------------------

// read(fd, bytes, offset, length, position), or with an object for what follows the bytes.
function readPlan(fd, bytes, offset, length, position) {
	args.descriptor(fd);
	const view = args.bytes(bytes);
	if (offset !== null && typeof offset === "object")
		({ offset = 0, length = view.length - offset, position = null } = offset);
	offset = offset === undefined || offset === null ? 0 : args.integer(offset, "offset", 0, Number.MAX_SAFE_INTEGER);
	length = length === undefined || length === null ? view.length - offset : Math.trunc(Number(length));
	if (length === 0)
		return nothing();
	if (view.length === 0)
		throw argValue("buffer", bytes, "is empty and cannot be written");
	if (offset > view.length)
		throw outOfRange("offset", `<= ${view.length}`, offset);
	if (length < 0)
		throw outOfRange("length", ">= 0", length);
	if (length > view.length - offset)
		throw outOfRange("length", `<= ${view.length - offset}`, length);
	return read(fd, view, offset, length, args.position(position));
}

function* nothing() {
	return 0;
}

function writeRange(view, offset, length) {
	offset = offset === undefined || offset === null ? 0 : args.integer(offset, "offset", 0, Number.MAX_SAFE_INTEGER);
	if (offset > view.length)
		throw outOfRange("offset", `<= ${view.length}`, offset);
	length = length === undefined || length === null ? view.length - offset
		: args.integer(length, "length", -Infinity, Infinity);
	if (length > view.length - offset)
		throw outOfRange("length", `<= ${view.length - offset}`, length);
	if (length < 0)
		throw outOfRange("length", ">= 0", length);
	return [offset, length];
}

// A place to write at; what is none stands for the file's own.
function place(position) {
	return typeof position === "number" && position >= 0 || typeof position === "bigint" ? Number(position) : -1;
}

// write(fd, bytes, offset, length, position), (fd, bytes, options) or (fd, text, position, encoding).
function writePlan(fd, data, offset, length, position) {
	args.descriptor(fd);
	if (typeof data === "string") {
		args.encoding(length);
		const bytes = Buffer.from(data, length || "utf8");
		return write(fd, bytes, 0, bytes.length, place(offset));
	}
	const view = args.bytes(data, "buffer", "of type string or an instance of Buffer, TypedArray, or DataView");
	if (offset !== null && typeof offset === "object")
		({ offset = 0, length = view.length - offset, position = null } = offset);
	return write(fd, view, ...writeRange(view, offset, length), place(position));
}

function* readvAll(fd, views, position) {
	let all = 0;
	for (const view of views) {
		const n = view.length === 0 ? 0 : yield read(fd, view, 0, view.length, position < 0 ? -1 : position + all);
		all += n;
		if (n < view.length)
			break;
	}
	return all;
}

function* writevAll(fd, views, position) {
	let all = 0;
	for (const view of together(views))
		all += yield write(fd, view, 0, view.length, position < 0 ? -1 : position + all);
	return all;
}

// Small pieces are copied into larger ones: a call costs more than that.
function together(views) {
	const out = [];
	let some = [], n = 0;
	const flush = () => {
		if (some.length > 0)
			out.push(some.length === 1 ? some[0] : Buffer.concat(some, n));
		some = [];
		n = 0;
	};
	for (const view of views) {
		if (n + view.length > PIECE)
			flush();
		some.push(view);
		n += view.length;
	}
	flush();
	return out;
}

// real paths ---------------------------------------------------------------------------

// Says which part of a path it is that cannot be looked at, as the function of Node's does.
function* realpath(path, encoding) {
	try {
		return yield text(CALL.REALPATH, "realpath", path, encoding);
	} catch (error) {
		const { resolve } = require("path");
		const whole = resolve(typeof path === "string" ? path : Buffer.from(path).toString());
		for (let at = whole.indexOf("/", 1); ; at = whole.indexOf("/", at + 1)) {
			const part = at < 0 ? whole : whole.slice(0, at);
			const facts = yield call(CALL.LSTAT, "lstat", part, undefined, 0, 0, 0, stats);
			if (facts.isSymbolicLink())
				yield call(CALL.STAT, "stat", part, undefined, 0, 0, 0, none);
			if (at < 0)
				throw error;
		}
	}
}

// the functions ------------------------------------------------------------------------

const timesOf = (number, syscall) => (target, atime, mtime) =>
	call(number, syscall, target, undefined, args.time(atime), args.time(mtime), 0, none);
const ownerOf = (number, syscall) => (path, uid, gid) =>
	plain(number, syscall)(args.path(path), undefined, args.owner(uid, "uid"), args.owner(gid, "gid"));

const plans = {
	access: (path, mode) => plain(CALL.ACCESS, "access")(args.path(path), undefined,
		mode === undefined || mode === null ? 0 : args.integer(mode, "mode", 0, 7)),
	appendFile,
	chmod: (path, mode) => plain(CALL.CHMOD, "chmod")(args.path(path), undefined, args.mode(mode, "mode")),
	chown: ownerOf(CALL.CHOWN, "chown"),
	close: (fd) => close(args.descriptor(fd)),
	copyFile: (from, to, mode) => tree.copyFile(args.path(from, "src"), args.path(to, "dest"),
		mode === undefined || mode === null ? 0 : args.integer(mode, "mode", 0, 7)),
	fchmod: (fd, mode) => plain(CALL.FCHMOD, "fchmod")(args.descriptor(fd), undefined, args.mode(mode, "mode")),
	fchown: (fd, uid, gid) => plain(CALL.FCHOWN, "fchown")(args.descriptor(fd), undefined, args.owner(uid, "uid"),
		args.owner(gid, "gid")),
	fdatasync: (fd) => plain(CALL.FDATASYNC, "fdatasync")(args.descriptor(fd)),
	fstat: (fd, options) => fstat(args.descriptor(fd), options?.bigint),
	fsync: (fd) => plain(CALL.FSYNC, "fsync")(args.descriptor(fd)),
	ftruncate: (fd, length) => ftruncate(args.descriptor(fd), undefined, lengthOf(length)),
	futimes: (fd, atime, mtime) => call(CALL.FUTIMES, "futime", args.descriptor(fd), undefined, args.time(atime, "atime"),
		args.time(mtime, "mtime"), 0, none),
	lchown: ownerOf(CALL.LCHOWN, "lchown"),
	link: (from, to) => plain(CALL.LINK, "link")(args.path(from, "existingPath"), args.path(to, "newPath")),
	lstat: (path, options) => statPlan(CALL.LSTAT, "lstat", path, options),
	lutimes: (path, atime, mtime) => timesOf(CALL.LUTIMES, "lutime")(args.path(path), atime, mtime),
	mkdir: (path, options) => {
		const { recursive = false, mode = 0o777 } = typeof options === "number" || typeof options === "string"
			? { mode: options } : options ?? {};
		args.boolean(recursive, "options.recursive");
		return tree.mkdir(args.path(path), args.mode(mode, "mode"), recursive);
	},
	mkdtemp: (prefix, options) =>
		text(CALL.MKDTEMP, "mkdtemp", args.path(prefix, "prefix"), args.options(options).encoding),
	open: (path, flags, mode) => open(args.path(path), args.flags(flags ?? "r"), args.mode(mode, "mode", 0o666)),
	read: readPlan,
	readFile,
	readdir: (path, options) => {
		options = args.options(options);
		if (options.recursive !== undefined && options.recursive !== null)
			args.boolean(options.recursive, "options.recursive");
		return tree.readdir(args.path(path), options);
	},
	readlink: (path, options) => text(CALL.READLINK, "readlink", args.path(path), args.options(options).encoding),
	readv: (fd, buffers, position) => readvAll(args.descriptor(fd), args.list(buffers), place(position)),
	realpath: (path, options) => realpath(args.path(path), args.options(options).encoding),
	realpathNative: (path, options) => text(CALL.REALPATH, "realpath", args.path(path), args.options(options).encoding),
	rename: (from, to) => plain(CALL.RENAME, "rename")(args.path(from, "oldPath"), args.path(to, "newPath")),
	rm: (path, options) => tree.rm(args.path(path), rmOptions(options)),
	rmdir: (path, options) => {
		if (options !== undefined && options !== null && args.object(options).recursive)
			return tree.rm(args.path(path), { recursive: true, force: false });
		return plain(CALL.RMDIR, "rmdir")(args.path(path));
	},
	stat: (path, options) => statPlan(CALL.STAT, "stat", path, options),
	statfs: (path, options) => {
		const { bigint = false } = options ?? {};
		return call(CALL.STATFS, "statfs", args.path(path), undefined, bigint ? 1 : 0, 0, 0, bigint ? bigStatFs : statFs);
	},
	symlink: (target, path, type) => {
		if (type !== undefined && type !== null && type !== "dir" && type !== "file" && type !== "junction")
			throw coded(Error, "ERR_FS_INVALID_SYMLINK_TYPE",
				`Symlink type must be one of "dir", "file", or "junction". Received "${type}"`);
		return plain(CALL.SYMLINK, "symlink")(args.path(target, "target"), args.path(path));
	},
	truncate: (path, length) => {
		if (typeof path === "number")
			return ftruncate(args.descriptor(path), undefined, lengthOf(length));
		const n = lengthOf(length);
		return using(args.path(path), args.flags("r+"), 0o666, function* (fd) {
			yield ftruncate(fd, undefined, n);
		});
	},
	unlink: (path) => plain(CALL.UNLINK, "unlink")(args.path(path)),
	utimes: (path, atime, mtime) => timesOf(CALL.UTIMES, "utime")(args.path(path), atime, mtime),
	write: writePlan,
	writeFile,
	writev: (fd, buffers, position) => writevAll(args.descriptor(fd), args.list(buffers), place(position)),
};

function lengthOf(length) {
	if (length === undefined || length === null)
		return 0;
	return Math.max(0, args.integer(length, "len", -Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER));
}

function rmOptions(options) {
	const { recursive = false, force = false, maxRetries = 0, retryDelay = 100 } =
		options === undefined || options === null ? {} : args.object(options);
	args.boolean(force, "options.force");
	args.boolean(recursive, "options.recursive");
	args.integer(retryDelay, "options.retryDelay", 0, 2 ** 31 - 1);
	args.integer(maxRetries, "options.maxRetries", 0, 2 ** 32 - 1);
	return { recursive, force };
}

module.exports = { plans, orNothing, readAll, writeAndFlush, writeOptions };
