// Which names are core modules: those that are offered, and those of Node's that are not.
"use strict";

const { coded } = require("errors");
const { library } = require("internal");

const CORE = new Set([
	"assert", "assert/strict", "buffer", "console",
	"diagnostics_channel", "dns", "dns/promises", "eddy", "events", "fs", "fs/promises",
	"http", "net", "os", "path", "path/posix", "path/win32",
	"process", "querystring",
	"stream", "stream/consumers", "stream/promises", "string_decoder",
	"timers", "timers/promises", "tty", "url", "util", "util/types",
]);
// Modules of Node's that are not offered: a sentence says so, where "cannot find" would send people
// to look for a package. There may be a package of that name, which is then taken.
const NOT_OFFERED = new Set(["async_hooks", "child_process", "cluster", "constants", "crypto", "dgram",
	"domain", "http2", "https",
	"inspector", "inspector/promises", "module", "perf_hooks", "punycode", "readline",
	"readline/promises", "repl", "stream/web", "sys", "tls", "trace_events",
	"v8", "vm", "wasi", "worker_threads", "zlib"]);
// Those that are Node's with "node:" before them only.
const NOT_OFFERED_SCHEME = new Set(["sea", "sqlite", "test", "test/reporters"]);

// What to use in place of some.
const PACKAGE = "a package of that name in node_modules is used, if there is one";
const INSTEAD = {
	__proto__: null,
	child_process: "Have a service of its own for other programs, and talk to it by http or a unix socket of net",
	cluster: "The conf says how many workers there are, they share all servers, and require('eddy') sends " +
		"messages between them",
	crypto: `Packages such as create-hash have hashes in JavaScript; ${PACKAGE}`,
	https: `A proxy in front has TLS; ${PACKAGE}`,
	tls: `A proxy in front has TLS; ${PACKAGE}`,
	worker_threads: "The conf says how many workers there are, and require('eddy') sends messages between them",
	zlib: `A proxy in front compresses; ${PACKAGE}`,
};

function refusal(request, name) {
	const has = [...CORE].filter((known) => !known.includes("/")).join(", ");
	const error = coded(Error, "MODULE_NOT_FOUND",
		`Cannot find module '${request}': it is one of Node's that eddy does not offer. ` +
		(INSTEAD[name] ?? `It has ${has}${NOT_OFFERED.has(name) ? `; ${PACKAGE}` : ""}`));
	error.requireStack = [];
	return error;
}

function plain(request) {
	return request.startsWith("node:") ? request.slice(5) : request;
}

// The name of a core module that is offered, or undefined.
function offeredName(request) {
	const name = plain(request);
	return CORE.has(name) && request !== "node:eddy" ? name : undefined;
}

// The core module's name, or undefined for what may be a file.
function coreName(request) {
	const name = plain(request), offered = offeredName(request);
	if (offered !== undefined)
		return offered;
	if (name === request || NOT_OFFERED.has(name))
		return undefined;
	if (NOT_OFFERED_SCHEME.has(name))
		throw refusal(request, name);
	throw coded(Error, "ERR_UNKNOWN_BUILTIN_MODULE", `No such built-in module: ${request}`);
}

// The name of a module of Node's that is not offered, or undefined.
function missingName(request) {
	const name = plain(request);
	return NOT_OFFERED.has(name) ? name : undefined;
}

function requireCore(name) {
	if (name === "console" || name === "process")
		return globalThis[name];
	if (name === "assert/strict")
		return library("assert").strict;
	return library(name === "path/posix" ? "path" : name);
}

module.exports = { coreName, missingName, offeredName, refusal, requireCore };
