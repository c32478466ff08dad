// http, as scripts require it: what is in http/ under Node's names.
"use strict";

const { argType, outOfRange } = require("errors");
const agents = require("http/agent");
const { STATUS_CODES, METHODS } = require("http/codes");
const { IncomingMessage } = require("http/incoming");
const { OutgoingMessage, checkName, checkValue } = require("http/outgoing");
const { ServerResponse } = require("http/response");
const { Server, createServer } = require("http/server");

// Most scripts answer and ask nobody: the client is read when one does.
function request(...args) {
	return require("http/client").request(...args);
}

function get(...args) {
	return require("http/client").get(...args);
}

module.exports = { STATUS_CODES, METHODS, IncomingMessage, OutgoingMessage, ServerResponse,
	validateHeaderName(name, label) {
		checkName(name, label);
	},
	validateHeaderValue(name, value) {
		checkValue(name, value);
	},
	setMaxIdleHTTPParsers(max) { // which eddy does not count
		if (typeof max !== "number")
			throw argType("max", "of type number", max);
		if (!Number.isInteger(max) || max < 1)
			throw outOfRange("max", Number.isInteger(max) ? ">= 1 && <= 9007199254740991" : "an integer", max);
	},
	maxHeaderSize: 16384, Server, createServer,
	Agent: agents.Agent, request, get };
Object.defineProperty(module.exports, "ClientRequest", { configurable: true, enumerable: true,
	get: () => require("http/client").ClientRequest, set(value) {
		Object.defineProperty(module.exports, "ClientRequest", { configurable: true, enumerable: true, writable: true, value });
	} });
Object.defineProperty(module.exports, "globalAgent", { configurable: true, enumerable: true,
	get: () => agents.globalAgent, set(agent) {
		agents.globalAgent = agent;
	} });
