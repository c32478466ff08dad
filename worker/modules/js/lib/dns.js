// dns, with callbacks.
"use strict";

const { argType, argValue } = require("errors");
const { nextTick } = require("internal");
const { isIP } = require("net/address");
const { ResolverBase, RECORD_TYPES, lookupOptions, lookupAll, namesOf, setDefaultResultOrder, getDefaultResultOrder,
	CODES, HINTS } = require("dns/resolver");
const service = require("dns/service");
const custom = Symbol.for("nodejs.util.promisify.custom");

function checkFunction(name, given) {
	if (typeof given !== "function")
		throw argType(name, "of type function", given);
}

function checkString(name, given) {
	if (typeof given !== "string")
		throw argType(name, "of type string", given);
}

// lookup -------------------------------------------------------------------------------

class GetAddrInfoReqWrap {
	constructor(callback, family, hostname) {
		this.callback = callback;
		this.family = family;
		this.hostname = hostname;
	}
}

function lookup(hostname, options, callback) {
	if (hostname)
		checkString("hostname", hostname);
	if (typeof options === "function")
		[callback, options] = [options, undefined];
	checkFunction("callback", callback);
	const wanted = lookupOptions(options);
	const family = isIP(hostname);
	if (!hostname || family !== 0) {
		const known = family !== 0 ? [hostname, family] : [null, wanted.family === 6 ? 6 : 4];
		if (wanted.all)
			nextTick(callback, null, family !== 0 ? [{ address: hostname, family }] : []);
		else
			nextTick(callback, null, ...known);
		return {};
	}
	lookupAll(hostname, wanted, (error, list) => {
		if (error)
			callback(error);
		else if (wanted.all)
			callback(null, list);
		else
			callback(null, list[0].address, list[0].family);
	});
	return new GetAddrInfoReqWrap(callback, wanted.family, hostname);
}

class GetNameInfoReqWrap {
	constructor(callback, hostname, port) {
		this.callback = callback;
		this.hostname = hostname;
		this.port = port;
	}
}

function lookupService(address, port, callback) {
	if (arguments.length !== 3)
		throw service.missing('"address", "port", and "callback"');
	const number = service.checkService(address, port);
	checkFunction("callback", callback);
	service.lookupService(namesOf, address, number, (error, ...found) => error ? callback(error) : callback(null, ...found));
	return new GetNameInfoReqWrap(callback, address, number);
}

// resolvers ----------------------------------------------------------------------------

class QueryReqWrap {
	constructor(callback, hostname) {
		this.callback = callback;
		this.hostname = hostname;
	}
}

class Resolver extends ResolverBase {
	resolve(name, type, callback) {
		if (typeof type === "function")
			[callback, type] = [type, "A"];
		else
			checkString("rrtype", type);
		if (!RECORD_TYPES.includes(type))
			throw argValue("rrtype", type);
		return query.call(this, type, name, callback);
	}

	reverse(name, callback) {
		checkString("name", name);
		checkFunction("callback", callback);
		this.reverse_(name, callback);
		return new QueryReqWrap(callback, name);
	}
}

function query(type, name, ...rest) {
	const [options, callback] = rest.length > 1 ? rest : [undefined, rest[0]];
	checkString("name", name);
	checkFunction("callback", callback);
	this.query_(type, name, options, callback);
	return new QueryReqWrap(callback, name);
}

// "resolve4", "resolveMx": the method of a type.
function methodName(type) {
	if (type === "A" || type === "AAAA")
		return type === "A" ? "resolve4" : "resolve6";
	return `resolve${type[0]}${type.slice(1).toLowerCase()}`;
}

for (const type of RECORD_TYPES)
	Object.defineProperty(Resolver.prototype, methodName(type), { configurable: true, writable: true,
		value(...args) {
			return query.call(this, type, ...args);
		} });

// --------------------------------------------------------------------------------------

const standing = new Resolver(); // what dns.resolve and its kin ask
standing.use_ = (servers) => {
	native.dnsServers(servers);
	return undefined; // they are the worker's
};

Object.assign(exports, { lookup, lookupService, Resolver, getDefaultResultOrder, setDefaultResultOrder, ...HINTS, ...CODES });
for (const name of ["getServers", "setServers", "resolve", "reverse", ...RECORD_TYPES.map(methodName)])
	exports[name] = standing[name].bind(standing);
Object.defineProperties(exports, {
	standing: { value: standing },
	methodName: { value: methodName },
	promises: { configurable: true, enumerable: true, get: () => require("dns/promises") },
});
Object.defineProperty(lookup, custom, { get: () => exports.promises.lookup });
Object.defineProperty(lookupService, custom, { get: () => exports.promises.lookupService });
