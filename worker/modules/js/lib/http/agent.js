// http.Agent: who keeps connections for requests to servers. They are eddy's, whose agent does the keeping;
// this has Node's options and lists. Which requests have one, which wait for one, is counted here, so that
// "socket" comes when Node's does.
"use strict";

const EventEmitter = require("events");
const { argType, argValue, coded, outOfRange } = require("errors");

const SCHEDULINGS = ["fifo", "lifo"];
const NOT_KEPT_MS = 1; // one that only those in line may have

// A number for C, where 0 is "any number".
function bounded(number) {
	return Number.isFinite(number) && number > 0 ? Math.min(Math.ceil(number), 2 ** 31 - 1) : 0;
}

function Agent(options) {
	if (!(this instanceof Agent))
		return new Agent(options);
	EventEmitter.call(this);
	this.defaultPort = 80;
	this.protocol = "http:";
	this.options = Object.assign(Object.create(null), options);
	if (this.options.noDelay === undefined)
		this.options.noDelay = true;
	this.options.path = null;
	this.requests = Object.create(null);
	this.sockets = Object.create(null);
	this.freeSockets = Object.create(null);
	this.keepAliveMsecs = this.options.keepAliveMsecs || 1000;
	this.keepAlive = this.options.keepAlive || false;
	this.maxSockets = this.options.maxSockets || Agent.defaultMaxSockets;
	this.maxFreeSockets = this.options.maxFreeSockets || 256;
	this.scheduling = this.options.scheduling || "lifo";
	this.maxTotalSockets = this.options.maxTotalSockets;
	this.totalSocketCount = 0;
	if (!SCHEDULINGS.includes(this.scheduling))
		throw argValue("scheduling", this.scheduling, "must be one of: 'fifo', 'lifo'");
	if (this.maxTotalSockets === undefined)
		this.maxTotalSockets = Infinity;
	else if (typeof this.maxTotalSockets !== "number")
		throw argType("maxTotalSockets", "of type number", this.maxTotalSockets);
	else if (!(this.maxTotalSockets >= 1))
		throw outOfRange("maxTotalSockets", ">= 1", this.maxTotalSockets);
	Object.defineProperty(this, "id_", { writable: true, value: 0 });
}
Object.setPrototypeOf(Agent.prototype, EventEmitter.prototype);
Object.setPrototypeOf(Agent, EventEmitter);
Agent.defaultMaxSockets = Infinity;

// Agents that keep no connections, as scripts make one for each request, are all alike to eddy: one stands for them.
let plainId = 0;

// Those that keep some are eddy's until the script's is gone, which nobody tells: who makes one looks after two others,
// so that there are never many more than are in use.
const made = new Map(); // id: what the script has of it, weakly
const LOOKED_AFTER = 2;

function sweep() {
	let left = LOOKED_AFTER;
	for (const [id, agent] of made) {
		if (left-- === 0)
			return;
		made.delete(id);
		if (agent.deref() === undefined)
			native.agentDestroy(id);
		else
			made.set(id, agent);
	}
}

function take(lists, name, one) {
	const list = lists[name], i = list === undefined ? -1 : list.indexOf(one);
	if (i < 0)
		return false;
	list.splice(i, 1);
	if (list.length === 0)
		delete lists[name];
	return true;
}

Object.assign(Agent.prototype, {
	getName(options = {}) {
		let name = `${options.host || "localhost"}:${options.port || ""}:${options.localAddress || ""}`;
		if (options.family === 4 || options.family === 6)
			name += `:${options.family}`;
		if (options.socketPath)
			name += `:${options.socketPath}`;
		return name;
	},

	// Node's own hook for who makes connections: these are eddy's to make.
	createConnection() {
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "agent.createConnection(): the connections of requests are " +
			"eddy's. For a connection of your own: net.connect()");
	},

	// Connections are alive as eddy keeps them.
	keepSocketAlive() {
		return this.keepAlive;
	},

	reuseSocket() {},

	addRequest(request, options) {
		const name = this.getName(options);
		request.agentName_ = name;
		if (this.hasRoom_(name))
			this.seat_(request);
		else
			(this.requests[name] ??= []).push(request);
	},

	// Connections that are kept and have no request are eddy's, and not counted.
	hasRoom_(name) {
		const has = this.sockets[name] === undefined ? 0 : this.sockets[name].length;
		return has < this.maxSockets && this.totalSocketCount < this.maxTotalSockets;
	},

	seat_(request) {
		(this.sockets[request.agentName_] ??= []).push(request.seat_());
		this.totalSocketCount++;
	},

	// A request is over: who waits for its place comes next, at first who asks the same host.
	leave_(request) {
		const name = request.agentName_;
		if (take(this.requests, name, request) || !take(this.sockets, name, request.seated_))
			return;
		this.totalSocketCount--;
		const waits = [name, ...Object.keys(this.requests)].find((one) => this.requests[one] && this.hasRoom_(one));
		if (waits !== undefined) {
			const [next] = this.requests[waits];
			take(this.requests, waits, next);
			this.seat_(next);
		}
	},

	// eddy's agent, which is made when it is first asked for: until then the limits can be set.
	id() {
		if (!this.keepAlive && !Number.isFinite(this.maxSockets))
			return plainId ||= native.agentNew(0, 0, 0, false);
		if (this.id_ === 0) {
			sweep();
			this.id_ = native.agentNew(bounded(this.maxSockets), bounded(this.maxFreeSockets),
				this.keepAlive ? bounded(this.options.timeout) : NOT_KEPT_MS, true);
			made.set(this.id_, new WeakRef(this));
		}
		return this.id_;
	},

	destroy() {
		for (const list of Object.values(this.sockets))
			for (const socket of [...list])
				socket.destroy();
		if (this.id_ !== 0) {
			made.delete(this.id_);
			native.agentDestroy(this.id_);
		}
		this.id_ = 0;
	},
});

const globalAgent = new Agent({ keepAlive: true, scheduling: "lifo", timeout: 5000 });

module.exports = { Agent, globalAgent };
