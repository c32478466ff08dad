// What http.request is given, in all of its forms: checked as Node checks it.
"use strict";

const { argType, coded } = require("errors");
const { checkName } = require("http/outgoing");
const agents = require("http/agent");

function checkHost(name, host) {
	if (host !== undefined && host !== null && typeof host !== "string")
		throw argType(`options.${name}`, "of type string or one of undefined or null", host);
	return host;
}

function checkOption(options, name, type, label = `options.${name}`) {
	if (options[name] !== undefined && typeof options[name] !== type)
		throw argType(label, `of type ${type}`, options[name]);
	return options[name];
}

function checkCallback(callback) {
	if (callback !== undefined && callback !== null && typeof callback !== "function")
		throw argType("listener", "of type function", callback);
}

// (url[, options][, callback]), or (options[, callback]): all in one object.
function gathered(input, options, callback) {
	const { URL, urlToHttpOptions } = require("url");
	if (typeof input === "string")
		input = urlToHttpOptions(new URL(input));
	else if (input instanceof URL)
		input = urlToHttpOptions(input);
	else
		[callback, options, input] = [options, input, null];
	if (typeof options === "function")
		[callback, options] = [options, undefined];
	checkCallback(callback);
	return [Object.assign(input ?? {}, options), callback];
}

function agentOf({ agent, createConnection }) {
	if (agent === false)
		return new agents.Agent();
	if (typeof createConnection === "function")
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "options.createConnection: the connections of requests are " +
			"eddy's. For a connection of your own: net.connect()");
	if (agent === undefined || agent === null)
		return agents.globalAgent;
	if (typeof agent.addRequest !== "function")
		throw argType("options.agent", "one of Agent-like Object, undefined, or false", agent);
	if (!(agent instanceof agents.Agent))
		throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", "options.agent: the connections of requests are eddy's, which takes " +
			"an http.Agent, or what extends it");
	return agent;
}

function methodOf({ method }) {
	if (method !== undefined && method !== null && typeof method !== "string")
		throw argType("options.method", "of type string", method);
	if (!method)
		return "GET";
	checkName(method, "Method");
	return method.toUpperCase();
}

// A field for each value; Cookie is one field.
function valuesOf(key, value) {
	if (!Array.isArray(value))
		return [value];
	return key === "cookie" ? [value.join("; ")] : value;
}

function hostHeader(host, port, defaultPort) {
	let text = host;
	// An address of IPv6's is written in brackets.
	if (host.includes(":") && host.indexOf(":") !== host.lastIndexOf(":") && !host.startsWith("["))
		text = `[${host}]`;
	return port && Number(port) !== defaultPort ? `${text}:${port}` : text;
}

module.exports = { gathered, checkHost, checkOption, agentOf, methodOf, hostHeader, valuesOf };
