// http, as scripts require it: what is in http/ under Node's names.
"use strict";

const agents = require("http/agent");
const client = require("http/client");
const { STATUS_CODES, METHODS } = require("http/codes");
const { IncomingMessage } = require("http/incoming");
const { OutgoingMessage, checkName, checkValue } = require("http/outgoing");
const { ServerResponse } = require("http/response");
const { Server, createServer } = require("http/server");

module.exports = { STATUS_CODES, METHODS, IncomingMessage, OutgoingMessage, ServerResponse,
	validateHeaderName(name, label) {
		checkName(name, label);
	},
	validateHeaderValue(name, value) {
		checkValue(name, value);
	},
	maxHeaderSize: 16384, Server, createServer,
	Agent: agents.Agent, ClientRequest: client.ClientRequest, request: client.request, get: client.get };
Object.defineProperty(module.exports, "globalAgent", { configurable: true, enumerable: true,
	get: () => agents.globalAgent, set(agent) {
		agents.globalAgent = agent;
	} });
