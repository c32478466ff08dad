// net: what is in net/ under Node's names, and the connections that a listen of the conf brings.
"use strict";

const { argType, outOfRange } = require("errors");
const { uncaught } = require("internal");
const address = require("net/address");
const { Socket, connect, adopt, onSocket, defaults } = require("net/socket");
const { Server, onServer } = require("net/server");

let handler; // of connections that a listen of the conf brings

function onConnection(id) {
	const socket = adopt(id);
	if (handler === undefined) {
		socket.destroy();
		uncaught(new Error("a connection has come, and the script exports no function for it: " +
			"say module.exports.connection = (socket) => { … }"));
		return;
	}
	try {
		handler(socket);
	} catch (error) {
		socket.destroy(); // nobody would read it, or see its end
		throw error;
	}
	if (!socket.destroyed)
		socket.read(0);
}

module.exports = {
	Socket, Stream: Socket, Server, connect, createConnection: connect,
	createServer: (options, listener) => new Server(options, listener),
	isIP: (text) => address.isIP(text), isIPv4: (text) => address.isIPv4(text), isIPv6: (text) => address.isIPv6(text),
	getDefaultAutoSelectFamily: () => defaults.autoSelectFamily,
	setDefaultAutoSelectFamily(value) {
		if (typeof value !== "boolean")
			throw argType("value", "of type boolean", value);
		defaults.autoSelectFamily = value;
	},
	getDefaultAutoSelectFamilyAttemptTimeout: () => defaults.attemptMs,
	setDefaultAutoSelectFamilyAttemptTimeout(value) {
		if (typeof value !== "number")
			throw argType("value", "of type number", value);
		if (!(Number.isInteger(value) && value >= 1 && value <= 2 ** 31 - 1))
			throw outOfRange("value", ">= 1 && <= 2147483647", value);
		defaults.attemptMs = Math.max(value, 10);
	},
};
const { portOf, systemError, addressError } = address;
for (const [name, value] of Object.entries({ portOf, systemError, addressError, adopt, onSocket, onServer, onConnection,
	setHandler: (f) => {
		handler = f;
	} }))
	Object.defineProperty(module.exports, name, { value });
