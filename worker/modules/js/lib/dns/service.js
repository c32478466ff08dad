// dns.lookupService: the name of an address, and that of a port, which /etc/services has.
"use strict";

const { argValue, coded } = require("errors");
const { isIP, portOf } = require("net/address");
const { nextTick } = require("internal");

const FILE = "/etc/services";
let services; // port: name of TCP's; undefined: the file has not been read yet

function parse(text) {
	const found = new Map();
	for (const line of text.split("\n")) {
		const [, name, port] = /^(\S+)\s+(\d+)\/tcp\b/.exec(line.replace(/#.*/, "")) ?? [];
		if (name !== undefined && !found.has(Number(port)))
			found.set(Number(port), name);
	}
	return found;
}

function serviceOf(port, done) {
	if (services !== undefined)
		return nextTick(() => done(services.get(port) ?? String(port)));
	require("fs").readFile(FILE, "latin1", (error, text) => {
		services = error ? new Map() : parse(text);
		done(services.get(port) ?? String(port));
	});
}

// Checks what is asked for; the port as a number.
function checkService(address, port) {
	if (isIP(address) === 0)
		throw argValue("address", address);
	return portOf(port);
}

function missing(names) {
	return coded(TypeError, "ERR_MISSING_ARGS", `The ${names} arguments must be specified`);
}

// done(error, hostname, service); `ask(address, done)` gives done(error, names).
function lookupService(ask, address, port, done) {
	ask(address, (error, names) => {
		if (error)
			return done(error);
		serviceOf(port, (service) => done(null, names[0], service));
	});
}

module.exports = { lookupService, checkService, missing };
