// dns/promises.
"use strict";

const { argType, argValue } = require("errors");
const { isIP } = require("net/address");
const { ResolverBase, RECORD_TYPES, lookupOptions, lookupAll, namesOf, setDefaultResultOrder, getDefaultResultOrder,
	CODES } = require("dns/resolver");
const service = require("dns/service");
const { standing: shared, methodName } = require("dns");

function checkString(name, given) {
	if (typeof given !== "string")
		throw argType(name, "of type string", given);
}

// A promise for what `start` gives its callback; what it throws rejects.
function promise(start) {
	return new Promise((resolve, reject) => start((error, value) => error ? reject(error) : resolve(value)));
}

function lookup(hostname, options) {
	if (hostname)
		checkString("hostname", hostname);
	const wanted = lookupOptions(options);
	const family = isIP(hostname);
	if (!hostname)
		return Promise.resolve(wanted.all ? [] : { address: null, family: wanted.family === 6 ? 6 : 4 });
	if (family !== 0)
		return Promise.resolve(wanted.all ? [{ address: hostname, family }] : { address: hostname, family });
	return promise((done) => lookupAll(hostname, wanted, done)).then((list) => wanted.all ? list : list[0]);
}

function lookupService(address, port) {
	if (arguments.length !== 2)
		throw service.missing('"address" and "port"');
	const number = service.checkService(address, port);
	return new Promise((resolve, reject) => service.lookupService(namesOf, address, number, (error, hostname, name) =>
		error ? reject(error) : resolve({ hostname, service: name })));
}

class Resolver extends ResolverBase {
	resolve(name, type = "A") {
		checkString("rrtype", type);
		if (!RECORD_TYPES.includes(type))
			throw argValue("rrtype", type);
		return query.call(this, type, name);
	}

	reverse(name) {
		checkString("name", name);
		return promise((done) => this.reverse_(name, done));
	}
}

function query(type, name, options) {
	checkString("name", name);
	return promise((done) => this.query_(type, name, options, done));
}

for (const type of RECORD_TYPES)
	Object.defineProperty(Resolver.prototype, methodName(type), { configurable: true, writable: true,
		value(name, options) {
			return query.call(this, type, name, options);
		} });

// The functions ask what dns's own ask: the servers of the one are the other's.
Object.assign(exports, { lookup, lookupService, Resolver, getDefaultResultOrder, setDefaultResultOrder, ...CODES });
for (const name of ["getServers", "setServers"])
	exports[name] = shared[name].bind(shared);
for (const name of ["resolve", "reverse", ...RECORD_TYPES.map(methodName)])
	exports[name] = Resolver.prototype[name].bind(shared);
