// One call is one operation on a file, which a thread of eddy's carries out, or, while the script
// loads, the script itself. A plan is a call, or a generator that yields calls and returns what its
// callback is told: so each function of fs is written once, for callbacks, promises and at once.
"use strict";

const { nextTick } = require("internal");
const { coded } = require("errors");
const { systemError } = require("system_errors");
const { outputs } = require("process/output");
const { setImmediate } = require("timers");

// fs.h has the same numbers.
const NUMBERS = ["CLOSE", "READ", "WRITE", "FSYNC", "FDATASYNC", "FSTAT", "FTRUNCATE", "FCHMOD", "FCHOWN", "FUTIMES",
	"OPEN", "STAT", "LSTAT", "STATFS", "ACCESS", "CHMOD", "CHOWN", "LCHOWN", "UTIMES", "LUTIMES", "UNLINK", "RENAME",
	"LINK", "SYMLINK", "MKDIR", "RMDIR", "READLINK", "REALPATH", "MKDTEMP", "SCANDIR"];
const { ENXIO } = require("os/constants").errno;
const CALL = Object.fromEntries(NUMBERS.map((name, i) => [name, i]));

const waiting = new Map(); // by id; it also keeps the bytes that a thread reads or writes
let lastId = 0;

function shown(path) {
	return typeof path === "string" ? path : Buffer.from(path.buffer, path.byteOffset, path.byteLength).toString();
}

class Call {
	constructor(number, syscall, target, other, a, b, c, make) {
		this.number = number;
		this.syscall = syscall;
		this.target = target;
		this.other = other;
		this.a = a;
		this.b = b;
		this.c = c;
		this.make = make;
		this.done = undefined;
	}

	fail(number) {
		if (this.number < CALL.OPEN)
			return systemError(number, this.syscall);
		const path = shown(this.target) + (this.number === CALL.MKDTEMP ? "XXXXXX" : "");
		return systemError(number, this.syscall, path, this.other === undefined ? undefined : shown(this.other));
	}
}

const call = (number, syscall, target, other, a, b, c, make) =>
	new Call(number, syscall, target, other, a, b, c, make);

// What is done with the log's descriptors: it waits for no disk, whenever it is asked for. Undefined: it is another's,
// or nothing that the log can do.
function ofLog({ number, target, other, a: offset, b: length }) {
	if (number >= CALL.OPEN || (target !== 1 && target !== 2))
		return undefined;
	if (number === CALL.WRITE) {
		outputs[target].write(Buffer.from(other.buffer, other.byteOffset + offset, length));
		return length;
	}
	return number === CALL.CLOSE || number === CALL.FSYNC || number === CALL.FDATASYNC ? 0 : undefined;
}

// done(error, value), in a later turn.
function begin(one, done) {
	const logged = ofLog(one);
	if (logged !== undefined) {
		setImmediate(done, null, one.make === undefined ? logged : one.make(logged));
		return;
	}
	const id = ++lastId;
	one.done = done;
	waiting.set(id, one);
	const failure = native.fsStart(one.number, id, one.target, one.other, one.a, one.b, one.c);
	if (failure === 0)
		return;
	waiting.delete(id);
	nextTick(done, one.fail(failure));
}

// What comes from a thread comes from no line of the script's: its stack is the libraries' alone.
function unplaced(error) {
	error.stack = `${error.name}: ${error.message}`;
	return error;
}

function onResult(id, value) {
	const one = waiting.get(id);
	waiting.delete(id);
	if (typeof value === "number" && value < 0)
		one.done(unplaced(one.fail(value)));
	else
		one.done(null, one.make === undefined ? value : one.make(value));
}

// Carries a plan out; done(error, value), never before this has returned.
function start(plan, done) {
	if (plan instanceof Call) {
		begin(plan, done);
		return;
	}
	let begun = false;
	const finish = (error, value) => {
		if (begun)
			done(error, value);
		else
			nextTick(done, error, value);
	};
	const advance = (error, value) => {
		let step;
		try {
			step = error ? plan.throw(error) : plan.next(value);
		} catch (failure) {
			finish(failure);
			return;
		}
		if (step.done) {
			finish(null, step.value);
			return;
		}
		begun = true;
		begin(step.value, advance);
	};
	advance(null);
}

function now(one, name) {
	const value = ofLog(one) ?? native.fsNow(one.number, 0, one.target, one.other, one.a, one.b, one.c);
	if (value === undefined)
		throw serves(name);
	if (typeof value === "number" && value < 0)
		throw one.number === CALL.OPEN && value === -ENXIO ? explained(one.fail(value)) : one.fail(value);
	return one.make === undefined ? value : one.make(value);
}

function explained(error) {
	error.message += ": a FIFO is not opened at once, since that would wait for its other end";
	return error;
}

function serves(name) {
	const other = name.replace(/Sync(?=$|\.)/, "");
	return coded(Error, "ERR_WORKER_SERVES", `fs.${name} cannot be called now: a worker that serves never waits for a ` +
		`disk. Say await fs.promises.${other === "exists" ? "access" : other.replace(/\.native$/, "")}, or fs.${other} ` +
		"with a callback, or call it where the script begins, before it has been loaded");
}

// The same at once: `name` is the function's, for what is said when it is too late for that.
function run(plan, name) {
	if (plan instanceof Call)
		return now(plan, name);
	let step = plan.next();
	while (!step.done) {
		let value;
		try {
			value = now(step.value, name);
		} catch (error) {
			if (error.code === "ERR_WORKER_SERVES")
				throw error;
			step = plan.throw(error);
			continue;
		}
		step = plan.next(value);
	}
	return step.value;
}

function promise(plan) {
	return new Promise((resolve, reject) => start(plan, (error, value) => error ? reject(error) : resolve(value)));
}

module.exports = { CALL, Call, call, start, run, promise, onResult };
