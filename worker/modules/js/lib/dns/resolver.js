// What callbacks and promises of dns share: questions to eddy, the shapes of Node's records and errors, and
// resolvers, whose methods dns.js and dns/promises.js make.
"use strict";

const { argType, argValue, coded, outOfRange } = require("errors");
const { isIP } = require("net/address");

const GETADDRINFO = { EAI_AGAIN: -3001, EAI_CANCELED: -3003, EAI_MEMORY: -3006, ENOTFOUND: -3008 };
// What a lookup says of c-ares's codes: the words of getaddrinfo(3), which Node asks.
const LOOKUP_CODES = { __proto__: null, ENOTFOUND: "ENOTFOUND", ENODATA: "ENOTFOUND", EBADNAME: "ENOTFOUND",
	EBADQUERY: "ENOTFOUND", ENOMEM: "EAI_MEMORY", ECANCELLED: "EAI_CANCELED" };
const MAX = 2 ** 31 - 1;
const DNS_PORT = 53;
const TIMEOUT_MAX = 3600000, TRIES_MAX = 16; // eddy's
const RESOLVERS_KEPT = 32;

// questions ----------------------------------------------------------------------------

const questions = new Map(); // id: what its answer is given to

function ask(id, callback) {
	if (id === 0)
		throw coded(Error, "ECANCELLED", "no name can be asked for any more: the worker ends");
	questions.set(id, callback);
	return id;
}

function onAnswer(id, code, answer) {
	const callback = questions.get(id);
	questions.delete(id);
	if (callback !== undefined)
		callback(code, answer);
}

// errors -------------------------------------------------------------------------------

function dnsError(syscall, code, hostname, errno) {
	const error = new Error(`${syscall} ${code}${hostname ? ` ${hostname}` : ""}`);
	Object.assign(error, { errno, code, syscall });
	if (hostname)
		error.hostname = hostname;
	return error;
}

function lookupError(said, hostname, syscall = "getaddrinfo") {
	const code = LOOKUP_CODES[said] ?? "EAI_AGAIN";
	return dnsError(syscall, code, hostname, GETADDRINFO[code]);
}

// records ------------------------------------------------------------------------------

const value = (record) => record.value;
const address = (record, options) => options && options.ttl ? { address: record.value, ttl: record.ttl } : record.value;

// For each type: Node's name of the call, how one record looks, and how it looks among others (ANY).
const TYPES = {
	A: { call: "queryA", shape: address, any: ({ value, ttl }) => ({ address: value, ttl }) },
	AAAA: { call: "queryAaaa", shape: address, any: ({ value, ttl }) => ({ address: value, ttl }) },
	CAA: { call: "queryCaa", shape: ({ critical, tag, value }) => ({ critical, [tag]: value }) },
	CNAME: { call: "queryCname", shape: value, any: ({ value }) => ({ value }) },
	MX: { call: "queryMx", shape: ({ value, priority }) => ({ exchange: value, priority }) },
	NS: { call: "queryNs", shape: value, any: ({ value }) => ({ value }) },
	TXT: { call: "queryTxt", shape: ({ strings }) => strings, any: ({ strings }) => ({ entries: strings }) },
	SRV: { call: "querySrv", shape: ({ value, port, priority, weight }) => ({ name: value, port, priority, weight }) },
	PTR: { call: "queryPtr", shape: value, any: ({ value }) => ({ value }) },
	NAPTR: { call: "queryNaptr", shape: ({ flags, service, regexp, value, priority, weight }) =>
		({ flags, service, regexp, replacement: value, order: priority, preference: weight }) },
	SOA: { call: "querySoa", one: true, shape: ({ value, hostmaster, serial, refresh, retry, expire, minttl }) =>
		({ nsname: value, hostmaster, serial, refresh, retry, expire, minttl }) },
};
const ANY_ORDER = ["A", "AAAA", "MX", "NS", "TXT", "SRV", "PTR", "NAPTR", "SOA", "CAA"];

function ascii(name) {
	return /[^\0-\x7f]/.test(name) ? require("url").domainToASCII(name) || name : name;
}

// servers ------------------------------------------------------------------------------

function parseServer(text) {
	if (isIP(text) !== 0)
		return [text, DNS_PORT];
	const bracketed = /^\[([^[\]]*)\](?::(\d+))?$/.exec(text);
	if (bracketed && isIP(bracketed[1]) !== 0)
		return [bracketed[1], Number(bracketed[2]) || DNS_PORT];
	const plain = /^([^:]+):(\d+)$/.exec(text);
	if (plain && isIP(plain[1]) !== 0)
		return [plain[1], Number(plain[2]) || DNS_PORT];
	throw coded(TypeError, "ERR_INVALID_IP_ADDRESS", `Invalid IP address: ${text}`);
}

// As eddy has them, with brackets around each address of IPv6's.
function formatServer([host, port]) {
	const bare = host.includes(":") ? `[${host}]` : host;
	return port === DNS_PORT ? bare : `${bare}:${port}`;
}

// "[::1]" is "::1" to Node, which has brackets only where a port follows.
function serverList(text) {
	return text === "" ? [] : text.split(",").map((one) => /^\[[^\]]*\]$/.test(one) ? one.slice(1, -1) : one);
}

// Without what an address may be written with and without: "2001:DB8::1" is "2001:db8::1".
function normalized(servers) {
	return servers.split(",").map((one) => {
		const [, six, port = ""] = /^\[([^\]]*)\](:\d+)?$/.exec(one) ?? [];
		return six === undefined ? one : new URL(`http://[${six}]/`).hostname + port;
	}).join(",");
}

// resolvers ----------------------------------------------------------------------------

const kept = new Map(); // "servers timeout tries": C's resolver

// Resolvers of scripts come and go unseen; C has one for all that ask alike, and the latest ones only.
function resolverOf(servers, timeout, tries) {
	const key = `${servers} ${timeout} ${tries}`;
	const id = kept.get(key) ?? native.dnsResolver(servers, timeout, tries);
	kept.delete(key);
	kept.set(key, id);
	if (kept.size > RESOLVERS_KEPT) {
		const [oldest] = kept;
		kept.delete(oldest[0]);
		native.dnsResolverDestroy(oldest[1]);
	}
	return id;
}

function checkNumber(name, number, least) {
	if (typeof number !== "number")
		throw argType(name, "of type number", number);
	if (!Number.isInteger(number))
		throw outOfRange(name, "an integer", number);
	if (number < least || number > MAX)
		throw outOfRange(name, `>= ${least} && <= ${MAX}`, number);
	return number;
}

class ResolverBase {
	#under = new Set(); // ids of questions under way
	#servers; // of its own, as eddy writes them; "": nobody is asked; undefined: the worker's
	#timeout;
	#tries;

	constructor(options) {
		const { timeout = -1, tries = 4 } = options ?? {};
		this.#timeout = Math.min(Math.max(checkNumber("options.timeout", timeout, -1), 0), TIMEOUT_MAX);
		this.#tries = options && options.tries !== undefined ? Math.min(checkNumber("options.tries", tries, 1), TRIES_MAX) : 0;
	}

	cancel() {
		for (const id of this.#under)
			native.dnsCancel(id);
	}

	getServers() {
		return serverList(this.#servers ?? native.dnsServers());
	}

	setServers(servers) {
		if (!Array.isArray(servers))
			throw argType("servers", "an instance of Array", servers);
		const list = servers.map((server, i) => {
			if (typeof server !== "string")
				throw argType(`servers[${i}]`, "of type string", server);
			return formatServer(parseServer(server));
		});
		if (this.#under.size > 0)
			throw coded(Error, "ERR_DNS_SET_SERVERS_FAILED",
				`c-ares failed to set servers: "There are pending queries." [${servers}]`);
		this.#servers = list.length > 0 ? this.use_(list.join(",")) : "";
	}

	// Takes servers, and returns them as eddy writes them.
	use_(servers) {
		resolverOf(servers, this.#timeout, this.#tries);
		return normalized(servers);
	}

	// Which of C's resolvers is asked; 0: the worker's servers.
	#resolver() {
		if (this.#servers === undefined && this.#timeout === 0 && this.#tries === 0)
			return 0;
		return resolverOf(this.#servers ?? native.dnsServers(), this.#timeout, this.#tries);
	}

	setLocalAddress(ipv4, ipv6) {
		void ipv6;
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED",
			`setLocalAddress(${ipv4}): the address that questions leave from is the system's choice in eddy`);
	}

	// Puts a question; `done` gets an error, or what `shape` makes of the answer.
	put_(start, call, name, shape, done) {
		if (this.#servers === "") {
			require("internal").nextTick(done, dnsError(call, "ECONNREFUSED", name));
			return;
		}
		const id = ask(start(ascii(name), this.#resolver()), (code, answer) => {
			this.#under.delete(id);
			if (code !== undefined)
				done(dnsError(call, code, name));
			else
				done(null, shape(answer));
		});
		this.#under.add(id);
	}

	query_(type, name, options, done) {
		if (type === "ANY")
			return this.any_(name, done);
		const { call, shape, one } = TYPES[type];
		this.put_((text, resolver) => native.dnsResolve(text, type, resolver), call, name, (records) => {
			const list = records.map((record) => shape(record, options));
			return one ? list[0] : list;
		}, done);
	}

	reverse_(ip, done) {
		if (isIP(ip) === 0)
			throw dnsError("getHostByAddr", "EINVAL", ip, -22);
		this.put_((text, resolver) => native.dnsReverse(text, resolver), "getHostByAddr", ip, (names) => names, done);
	}

	// Each type is asked for: what servers say to ANY is by now as little as they like (RFC 8482). An alias has
	// nothing but its CNAME.
	any_(name, done) {
		this.list_("CNAME", name, (error, aliases) => {
			if (error === null)
				return done(null, aliases);
			if (error.code !== "ENODATA")
				return done(error);
			const found = [];
			let left = ANY_ORDER.length;
			ANY_ORDER.forEach((type, i) => this.list_(type, name, (failed, records) => {
				found[i] = records ?? [];
				if (failed && failed.code !== "ENODATA")
					error = failed;
				if (--left > 0)
					return;
				const all = found.flat();
				done(all.length > 0 ? null : error, all.length > 0 ? all : undefined);
			}));
		});
	}

	list_(type, name, done) {
		const { shape, any = shape } = TYPES[type];
		this.put_((text, resolver) => native.dnsResolve(text, type, resolver), "queryAny", name,
			(records) => records.map((record) => ({ ...any(record), type })), done);
	}
}

// lookup -------------------------------------------------------------------------------

const ADDRCONFIG = 32, ALL = 16, V4MAPPED = 8;
const ORDERS = ["verbatim", "ipv4first", "ipv6first"];
const FAMILIES = { __proto__: null, IPv4: 4, IPv6: 6 };
let defaultOrder = "verbatim";

function oneOf(name, given, list) {
	if (!list.includes(given)) {
		const known = list.map((one) => typeof one === "string" ? `'${one}'` : one).join(", ");
		throw argValue(name, given, `must be one of: ${known}`);
	}
	return given;
}

function checkBoolean(name, given) {
	if (typeof given !== "boolean")
		throw argType(name, "of type boolean", given);
	return given;
}

// The options of lookup, in all of their forms but a callback.
function lookupOptions(options) {
	const out = { family: 0, hints: 0, all: false, order: defaultOrder };
	if (typeof options === "number") {
		out.family = oneOf("family", options, [0, 4, 6]);
		return out;
	}
	if (options !== undefined && typeof options !== "object")
		throw argType("options", "of type object or integer", options);
	const { hints, family, all, verbatim, order } = options ?? {};
	if (hints !== undefined && hints !== null) {
		if (typeof hints !== "number")
			throw argType("options.hints", "of type number", hints);
		out.hints = hints >>> 0;
		if ((out.hints & ~(ADDRCONFIG | ALL | V4MAPPED)) !== 0)
			throw argValue("hints", out.hints);
	}
	if (family !== undefined && family !== null)
		out.family = FAMILIES[family] ?? oneOf("options.family", family, [0, 4, 6]);
	if (all !== undefined && all !== null)
		out.all = checkBoolean("options.all", all);
	if (verbatim !== undefined && verbatim !== null)
		out.order = checkBoolean("options.verbatim", verbatim) ? "verbatim" : "ipv4first";
	if (order !== undefined && order !== null)
		out.order = oneOf("options.order", order, ORDERS);
	return out;
}

function ordered(list, order) {
	if (order === "verbatim")
		return list;
	const first = order === "ipv4first" ? 4 : 6;
	return [...list.filter(({ family }) => family === first), ...list.filter(({ family }) => family !== first)];
}

function pairs(flat) {
	const list = [];
	for (let i = 0; i < flat.length; i += 2)
		list.push({ address: flat[i], family: flat[i + 1] });
	return list;
}

// IPv4's addresses in IPv6's clothes, where there are no others, or beside them if all are wanted.
function lookupMapped(hostname, hints, found, done) {
	if (found !== undefined && (hints & ALL) === 0)
		return done(undefined, found);
	ask(native.dnsLookup(hostname, 4), (code, flat) => {
		const mapped = code === undefined
			? pairs(flat).map((one) => ({ address: `::ffff:${one.address}`, family: 6 })) : [];
		const list = [...found ?? [], ...mapped];
		done(list.length > 0 ? undefined : code, list);
	});
}

function lookupAll(hostname, { family, hints, order }, done) {
	const name = ascii(hostname);
	const finish = (code, list) =>
		code === undefined ? done(null, ordered(list, order)) : done(lookupError(code, hostname));
	ask(native.dnsLookup(name, family), (code, flat) => {
		if (family === 6 && (hints & V4MAPPED) !== 0)
			lookupMapped(name, hints, code === undefined ? pairs(flat) : undefined, finish);
		else
			finish(code, code === undefined ? pairs(flat) : undefined);
	});
}

// The names of an address, as getnameinfo(3) looks for them.
function namesOf(address, done) {
	ask(native.dnsReverse(address), (code, names) =>
		code === undefined ? done(null, names) : done(lookupError(code, address, "getnameinfo")));
}

function setDefaultResultOrder(order) {
	defaultOrder = oneOf("dnsOrder", order, ORDERS);
}

// codes --------------------------------------------------------------------------------

const CODES = { NODATA: "ENODATA", FORMERR: "EFORMERR", SERVFAIL: "ESERVFAIL", NOTFOUND: "ENOTFOUND", NOTIMP: "ENOTIMP",
	REFUSED: "EREFUSED", BADQUERY: "EBADQUERY", BADNAME: "EBADNAME", BADFAMILY: "EBADFAMILY", BADRESP: "EBADRESP",
	CONNREFUSED: "ECONNREFUSED", TIMEOUT: "ETIMEOUT", EOF: "EOF", FILE: "EFILE", NOMEM: "ENOMEM",
	DESTRUCTION: "EDESTRUCTION", BADSTR: "EBADSTR", BADFLAGS: "EBADFLAGS", NONAME: "ENONAME", BADHINTS: "EBADHINTS",
	NOTINITIALIZED: "ENOTINITIALIZED", LOADIPHLPAPI: "ELOADIPHLPAPI", ADDRGETNETWORKPARAMS: "EADDRGETNETWORKPARAMS",
	CANCELLED: "ECANCELLED" };

module.exports = { ResolverBase, RECORD_TYPES: [...Object.keys(TYPES), "ANY"],
	lookupOptions, lookupAll, lookupError, namesOf, onAnswer,
	setDefaultResultOrder, getDefaultResultOrder: () => defaultOrder, CODES, HINTS: { ADDRCONFIG, ALL, V4MAPPED } };
