// Timers with Node's objects; C calls back with the id of the one that is due.
"use strict";

const { argType } = require("errors");

const TIMEOUT_MAX = 2 ** 31 - 1;
const running = new Map(); // id: Timeout or Immediate

function period(after) {
	after *= 1;
	if (after > TIMEOUT_MAX)
		process.emitWarning(`${after} does not fit into a 32-bit signed integer.\nTimeout duration was set to 1.`,
			"TimeoutOverflowWarning");
	return after >= 1 && after <= TIMEOUT_MAX ? Math.trunc(after) : 1;
}

class Timeout {
	constructor(callback, after, args, repeat) {
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		this._idleTimeout = period(after);
		this._onTimeout = callback;
		this._repeat = repeat ? this._idleTimeout : null;
		this._destroyed = false;
		this.args = args;
		this.referenced = true;
		this.id = 0;
		this.start();
	}

	start() {
		this.id = native.timerStart(this._idleTimeout);
		running.set(this.id, this);
	}

	fire() {
		const id = this.id;
		if (this._repeat === null) {
			running.delete(id);
			this._destroyed = true;
		} else {
			native.timerRefresh(id);
		}
		this._onTimeout(...this.args);
	}

	stop() {
		native.timerStop(this.id);
		running.delete(this.id);
		this._destroyed = true;
		this._onTimeout = null;
	}

	ref() {
		this.referenced = true;
		return this;
	}

	unref() {
		this.referenced = false;
		return this;
	}

	hasRef() {
		return this.referenced;
	}

	refresh() {
		if (this._onTimeout === null)
			return this;
		if (native.timerRefresh(this.id))
			running.set(this.id, this);
		else
			this.start();
		this._destroyed = false;
		return this;
	}

	close() {
		this.stop();
		return this;
	}

	[Symbol.toPrimitive]() {
		return this.id;
	}

	[Symbol.dispose]() {
		clearTimeout(this);
	}
}

class Immediate {
	constructor(callback, args) {
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		this._onImmediate = callback;
		this.args = args;
		this.referenced = true;
		this.id = native.immediateStart();
		running.set(this.id, this);
	}

	fire() {
		running.delete(this.id);
		this._onImmediate(...this.args);
	}

	ref() {
		this.referenced = true;
		return this;
	}

	unref() {
		this.referenced = false;
		return this;
	}

	hasRef() {
		return this.referenced;
	}

	[Symbol.dispose]() {
		clearImmediate(this);
	}
}

function fire(id) {
	const timer = running.get(id);
	if (timer !== undefined)
		timer.fire();
}

function setTimeout(callback, after, ...args) {
	return new Timeout(callback, after, args, false);
}

function setInterval(callback, after, ...args) {
	return new Timeout(callback, after, args, true);
}

function setImmediate(callback, ...args) {
	return new Immediate(callback, args);
}

// A Timeout, or what Symbol.toPrimitive makes of it: a number, or its text.
function clearTimeout(timer) {
	if (typeof timer === "number" || typeof timer === "string")
		timer = running.get(Number(timer));
	if (timer instanceof Timeout)
		timer.stop();
}

function clearImmediate(immediate) {
	if (!(immediate instanceof Immediate))
		return;
	native.timerStop(immediate.id);
	running.delete(immediate.id);
}

module.exports = { setTimeout, setInterval, setImmediate, clearTimeout, clearInterval: clearTimeout,
	clearImmediate };
Object.defineProperty(module.exports, "fire", { value: fire });
Object.defineProperty(module.exports, "promises",
	{ enumerable: true, get: () => require("timers/promises") });

const promisify = Symbol.for("nodejs.util.promisify.custom");
Object.defineProperty(setTimeout, promisify, { get: () => require("timers/promises").setTimeout });
Object.defineProperty(setImmediate, promisify, { get: () => require("timers/promises").setImmediate });
