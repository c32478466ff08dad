// fs: files, with callbacks, and at once while the script loads. What each function does is a plan
// of fs/plans.js.
"use strict";

const { argType } = require("errors");
const { NOT_OFFERED, notOffered } = require("fs/not_offered");
const { lazily, nextTick } = require("internal");
const { start, run } = require("fs/calls");
const { plans, orNothing } = require("fs/plans");
const { constants, Stats, Dirent } = require("fs/stats");
const args = require("fs/args");
const dir = require("fs/dir");
const custom = Symbol.for("nodejs.util.promisify.custom");

// How many arguments each must have before its callback, and how many it may have.
const SHAPES = {
	access: [1, 2], appendFile: [2, 3], chmod: [2, 2], chown: [3, 3], copyFile: [2, 3], fchmod: [2, 2],
	fchown: [3, 3], fdatasync: [1, 1], fstat: [1, 2], fsync: [1, 1], ftruncate: [1, 2], futimes: [3, 3], lchown: [3, 3],
	link: [2, 2], lstat: [1, 2], lutimes: [3, 3], mkdir: [1, 2], mkdtemp: [1, 2], open: [1, 3], readFile: [1, 2],
	readdir: [1, 2], readlink: [1, 2], realpath: [1, 2], rename: [2, 2], rm: [1, 2], rmdir: [1, 2], stat: [1, 2],
	statfs: [1, 2], symlink: [2, 3], truncate: [1, 2], unlink: [1, 1], utimes: [3, 3], writeFile: [2, 3],
};
// Of these the last argument is said to be no function, whatever it stands for.
const LENIENT = new Set(["open", "readFile", "writeFile", "appendFile"]);
// Their callbacks are told nothing but the error.
const SILENT = new Set(["access", "appendFile", "chmod", "chown", "copyFile", "fchmod", "fchown", "fdatasync", "fsync",
	"ftruncate", "futimes", "lchown", "link", "lutimes", "rename", "rm", "rmdir", "symlink", "truncate", "unlink", "utimes",
	"writeFile"]);

function checkCallback(callback) {
	if (typeof callback !== "function")
		throw argType("cb", "of type function", callback);
}

// Where the callback is among the arguments.
function callbackOf(name, given) {
	const [least, most] = SHAPES[name];
	for (let i = least; i <= most; i++)
		if (typeof given[i] === "function")
			return i;
	throw argType("cb", "of type function",
		given[most] ?? (LENIENT.has(name) && given.length > least ? given[given.length - 1] : undefined));
}

function withCallback(name, plan = plans[name]) {
	const silent = SILENT.has(name);
	return { [name](...given) {
		const at = callbackOf(name, given), callback = given[at];
		start(plan(...given.slice(0, at)), silent ? (error) => callback(error ?? null)
			: (error, value) => error ? callback(error) : value === undefined ? callback(null) : callback(null, value));
	} }[name];
}

function atOnce(name, plan = plans[name]) {
	const sync = `${name}Sync`;
	return { [sync](...given) {
		return run(plan(...given), sync);
	} }[sync];
}

const fs = {};
for (const name of Object.keys(SHAPES)) {
	fs[name] = withCallback(name);
	fs[`${name}Sync`] = atOnce(name);
}
for (const name of ["stat", "lstat"])
	fs[`${name}Sync`] = atOnce(name, (path, options) =>
		options?.throwIfNoEntry === false ? orNothing(plans[name](path, options)) : plans[name](path, options));
fs.realpath.native = function (path, options, callback) {
	if (typeof options === "function")
		[callback, options] = [options, undefined];
	checkCallback(callback);
	start(plans.realpathNative(path, options), callback);
};
fs.realpathSync.native = (path, options) => run(plans.realpathNative(path, options), "realpathSync.native");

// descriptors --------------------------------------------------------------------------

fs.close = function close(fd, callback) {
	if (callback !== undefined)
		checkCallback(callback);
	start(plans.close(fd), callback === undefined ? (error) => {
		if (error)
			throw error;
	} : (error) => callback(error ?? null));
};

fs.closeSync = function closeSync(fd) {
	run(plans.close(fd), "closeSync");
};

// read(fd, callback), (fd, options, callback), (fd, bytes, options, callback), or with the bytes, offset, length and
// position one after the other.
function readArguments(given) {
	const [fd, first, ...rest] = given;
	args.descriptor(fd);
	if (!ArrayBuffer.isView(first)) {
		const { buffer = Buffer.alloc(16384), ...more } = first === undefined || first === null ? {} : args.object(first);
		return [fd, buffer, more];
	}
	return [fd, first, ...rest];
}

function answering(given, least) {
	const at = given.findIndex((one, i) => i >= least && typeof one === "function");
	if (at < 0)
		throw argType("cb", "of type function", given[5]);
	return [given[at], given.slice(0, at)];
}

fs.read = function read(...all) {
	const [callback, given] = answering(all, 1), list = readArguments(given);
	start(plans.read(...list), (error, n) => error ? callback(error, 0, list[1]) : callback(null, n, list[1]));
};

fs.readSync = function readSync(fd, buffer, offset, length, position) {
	return run(plans.read(fd, buffer, offset, length, position), "readSync");
};

fs.write = function write(...all) {
	const at = all.findIndex((one, i) => i >= 2 && typeof one === "function");
	const given = at < 0 ? all : all.slice(0, at), plan = plans.write(...given), data = given[1];
	if (at < 0)
		throw argType("cb", "of type function", all[5]);
	start(plan, (error, n) => error ? all[at](error, 0, data) : all[at](null, n, data));
};

fs.writeSync = function writeSync(...given) {
	return run(plans.write(...given), "writeSync");
};

for (const name of ["readv", "writev"]) {
	fs[name] = function (fd, buffers, position, callback) {
		if (typeof position === "function")
			[callback, position] = [position, null];
		const plan = plans[name](fd, buffers, position);
		checkCallback(callback);
		start(plan, (error, n) => callback(error ?? null, n ?? 0, buffers));
	};
	fs[`${name}Sync`] = atOnce(name);
}

// exists -------------------------------------------------------------------------------

fs.exists = function exists(path, callback) {
	checkCallback(callback);
	let plan;
	try {
		plan = plans.access(path);
	} catch {
		nextTick(callback, false);
		return;
	}
	start(plan, (error) => callback(!error));
};

fs.existsSync = function existsSync(path) {
	try {
		run(plans.access(path), "existsSync");
		return true;
	} catch (error) {
		if (error.code === "ERR_WORKER_SERVES")
			throw error;
		return false;
	}
};

// promisify gives objects where callbacks are told two things.
function named(name, ...keys) {
	const both = (values) => Object.fromEntries(keys.map((key, i) => [key, values[i]]));
	const promised = (...given) => new Promise((resolve, reject) =>
		fs[name](...given, (error, ...values) => error ? reject(error) : resolve(both(values))));
	Object.defineProperty(fs[name], custom, { value: promised });
}
named("read", "bytesRead", "buffer");
named("write", "bytesWritten", "buffer");
named("readv", "bytesRead", "buffers");
named("writev", "bytesWritten", "buffers");
Object.defineProperty(fs.exists, custom, { value: (path) => new Promise((resolve) => fs.exists(path, resolve)) });

// the rest -----------------------------------------------------------------------------

// What Node has besides. None of it is silently missing.
for (const [name, instead] of Object.entries(NOT_OFFERED))
	fs[name] = { [name]() {
		throw notOffered(name, instead);
	} }[name];

Object.assign(fs, { opendir: dir.opendir, opendirSync: dir.opendirSync, Dir: dir.Dir, Stats, Dirent, constants,
	F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1 });
for (const name of ["createReadStream", "createWriteStream", "ReadStream", "WriteStream"])
	lazily(fs, name, () => require("fs/streams")[name]);
for (const [name, other] of [["FileReadStream", "ReadStream"], ["FileWriteStream", "WriteStream"]])
	lazily(fs, name, () => require("fs/streams")[other]);
Object.defineProperty(fs, "promises", { configurable: true, enumerable: true, get: () => require("fs/promises") });

module.exports = fs;
