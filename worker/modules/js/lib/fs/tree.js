// What takes several calls: folders with all that is in them, and copies.
"use strict";

const path = require("path");
const { coded } = require("errors");
const { systemError } = require("system_errors");
const { CALL, call } = require("fs/calls");
const { constants, Dirent, stats } = require("fs/stats");

const PIECE = 512 * 1024; // of a copy
const DIRECTORY_TYPE = 4, UNKNOWN_TYPE = 0; // DT_… of readdir(3)
const { O_CREAT, O_EXCL, O_RDONLY, O_WRONLY, S_IFMT } = constants;
const none = () => undefined;
const typeOf = (mode) => (mode & S_IFMT) >> 12;

const plain = (number, syscall, target, a = 0, b = 0) => call(number, syscall, target, undefined, a, b, 0, none);
const lstat = (target) => call(CALL.LSTAT, "lstat", target, undefined, 0, 0, 0, stats);
const fstat = (fd) => call(CALL.FSTAT, "fstat", fd, undefined, 0, 0, 0, stats);
const isBytes = (target) => typeof target !== "string";
const slash = Buffer.from("/");

function join(folder, name) {
	if (isBytes(folder))
		return Buffer.concat([folder, slash, Buffer.from(name)]);
	return folder === "" || folder.endsWith("/") ? folder + name : `${folder}/${name}`;
}

// folders ------------------------------------------------------------------------------

function parentOf(target) {
	if (!isBytes(target))
		return path.dirname(target);
	return Buffer.from(path.dirname(Buffer.from(target).toString("latin1")), "latin1");
}

function same(a, b) {
	return isBytes(a) ? Buffer.compare(a, b) === 0 : a === b;
}

function mkdir(target, mode, recursive) {
	return recursive ? mkdirAll(target, mode) : plain(CALL.MKDIR, "mkdir", target, mode);
}

// Makes a folder, and those above it that are missing; the first one that was made, if any.
function* mkdirAll(target, mode) {
	const missing = [target];
	let first;
	while (missing.length > 0) {
		const at = missing[missing.length - 1];
		try {
			yield plain(CALL.MKDIR, "mkdir", at, mode);
			first ??= isBytes(at) ? Buffer.from(at).toString() : at;
		} catch (error) {
			const above = parentOf(at);
			if (error.code === "ENOENT" && first === undefined && !same(above, at)) {
				missing.push(above);
				continue;
			}
			if (error.code !== "EEXIST" || !(yield* isFolder(at)))
				throw systemError(error.errno, "mkdir", String(target));
		}
		missing.pop();
	}
	return first;
}

function* isFolder(target) {
	try {
		return (yield call(CALL.STAT, "stat", target, undefined, 0, 0, 0, stats)).isDirectory();
	} catch {
		return false;
	}
}

// [type, name] of each in a folder, sorted; names are bytes if they have to be.
function entries(target, bytes) {
	return call(CALL.SCANDIR, "scandir", target, undefined, bytes ? 1 : 0, 0, 0, bytes ? byteEntries : textEntries);
}

function textEntries(all) {
	const list = all === "" ? [] : all.slice(0, -1).split("\0");
	return list.map((one) => [one.charCodeAt(0) - 48, one.slice(1)]).sort((a, b) => a[1] < b[1] ? -1 : 1);
}

function byteEntries(raw) {
	const all = Buffer.from(raw), list = [];
	for (let at = 0, end; at < all.length; at = end + 1) {
		end = all.indexOf(0, at);
		list.push([all[at] - 48, all.subarray(at + 1, end)]);
	}
	return list.sort((a, b) => Buffer.compare(a[1], b[1]));
}

// Some file systems do not tell types.
function* known(type, target) {
	return type !== UNKNOWN_TYPE ? type : typeOf((yield lstat(target)).mode);
}

function* readdir(target, { encoding, withFileTypes, recursive }) {
	const bytes = isBytes(target) || (encoding !== undefined && encoding !== null && !/^utf-?8$/i.test(encoding));
	const said = (name) => !bytes ? name : encoding === "buffer" ? name : name.toString(encoding);
	const out = [], folders = [[target, ""]];
	for (const [folder, before] of folders)
		for (const [kind, name] of yield entries(folder, bytes)) {
			const type = withFileTypes || recursive ? yield* known(kind, join(folder, name)) : kind;
			if (withFileTypes)
				out.push(new Dirent(said(name), type << 12, said(bytes ? Buffer.from(folder) : folder)));
			else
				out.push(before === "" ? said(name) : join(before, said(name)));
			if (recursive && type === DIRECTORY_TYPE)
				folders.push([typeof folder === "string" ? path.join(folder, String(name)) : join(folder, name),
					before === "" ? said(name) : join(before, said(name))]);
		}
	return out;
}

// rm -----------------------------------------------------------------------------------

function isDirectoryError(target) {
	const error = coded(Error, "ERR_FS_EISDIR",
		`Path is a directory: rm returned EISDIR (is a directory) ${String(target)}`);
	Object.defineProperty(error, "name", { configurable: true, writable: true, value: "SystemError" });
	return Object.assign(error, { errno: 21, syscall: "rm", path: String(target) });
}

function* rm(target, { recursive, force }) {
	let facts;
	try {
		facts = yield lstat(target);
	} catch (error) {
		if (force && error.code === "ENOENT")
			return;
		throw error;
	}
	if (!facts.isDirectory())
		yield* gone(plain(CALL.UNLINK, "unlink", target));
	else if (recursive)
		yield* rmTree(target);
	else
		throw isDirectoryError(target);
}

// Somebody else may be at it, too.
function* gone(one) {
	try {
		yield one;
	} catch (error) {
		if (error.code !== "ENOENT")
			throw error;
	}
}

// Names are taken as bytes: they need not be text.
function* rmTree(target) {
	const folder = Buffer.from(target);
	let list = [];
	try {
		list = yield entries(folder, true);
	} catch (error) {
		if (error.code !== "ENOENT")
			throw error;
	}
	for (const [kind, name] of list) {
		const at = join(folder, name);
		if ((yield* known(kind, at)) === DIRECTORY_TYPE)
			yield* rmTree(at);
		else
			yield* gone(plain(CALL.UNLINK, "unlink", at));
	}
	yield* gone(plain(CALL.RMDIR, "rmdir", folder));
}

// copies -------------------------------------------------------------------------------

function* copyFile(from, to, mode) {
	let source = -1, sink = -1;
	try {
		source = yield call(CALL.OPEN, "open", from, undefined, O_RDONLY, 0, 0);
		const facts = yield fstat(source);
		const flags = O_WRONLY | O_CREAT | (mode & constants.COPYFILE_EXCL ? O_EXCL : 0);
		sink = yield call(CALL.OPEN, "open", to, undefined, flags, facts.mode & 0o7777, 0);
		const old = yield fstat(sink);
		if (old.ino !== facts.ino || old.dev !== facts.dev) {
			yield plain(CALL.FTRUNCATE, "ftruncate", sink);
			yield plain(CALL.FCHMOD, "fchmod", sink, facts.mode & 0o7777);
			yield* copyBytes(source, sink);
		}
	} catch (error) {
		if (source >= 0)
			yield plain(CALL.CLOSE, "close", source);
		if (sink >= 0)
			yield plain(CALL.CLOSE, "close", sink);
		throw systemError(error.errno, "copyfile", String(from), String(to));
	}
	yield plain(CALL.CLOSE, "close", source);
	yield plain(CALL.CLOSE, "close", sink);
}

function* copyBytes(source, sink) {
	const bytes = Buffer.allocUnsafeSlow(PIECE);
	for (;;) {
		const n = yield call(CALL.READ, "read", source, bytes, 0, PIECE, -1);
		if (n === 0)
			return;
		for (let written = 0; written < n;)
			written += yield call(CALL.WRITE, "write", sink, bytes, written, n - written, -1);
	}
}

module.exports = { mkdir, readdir, rm, copyFile, entries, known };
