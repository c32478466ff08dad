// eddy: what a script can have of its server that Node has no name for: messages between the workers,
// which worker this is, and when it leaves. Other modules' messages are heard, too: topics are of all.
"use strict";

const { argType, argValue } = require("errors");
const { nextTick, uncaught } = require("internal");

const listeners = new Map(); // topic: functions, in the order in which they came
const leaving = [];
let left = false;

function checkTopic(topic) {
	if (typeof topic !== "string")
		throw argType("topic", "of type string", topic);
	if (topic === "" || topic.includes("\0"))
		throw argValue("topic", topic, "must be a non-empty string without null bytes");
}

function checkListener(listener) {
	if (typeof listener !== "function")
		throw argType("listener", "of type function", listener);
}

// To all workers of this generation, this one included. False: too much is under way, and nothing was
// sent; send it later again.
function send(topic, message) {
	checkTopic(topic);
	const text = JSON.stringify(message);
	if (text === undefined)
		throw argType("message", "of a type that JSON has", message);
	return native.clusterSend(topic, text);
}

function on(topic, listener) {
	checkTopic(topic);
	checkListener(listener);
	const known = listeners.get(topic);
	if (known !== undefined) {
		known.push(listener);
	} else {
		native.clusterOn(topic);
		listeners.set(topic, [listener]);
	}
	return module.exports;
}

function off(topic, listener) {
	const known = listeners.get(topic);
	const i = known === undefined ? -1 : known.lastIndexOf(listener);
	if (i >= 0)
		listeners.set(topic, known.toSpliced(i, 1));
	return module.exports;
}

// Its generation leaves: what waits is to be answered. One that is added later than that is called at once.
function onDrain(listener) {
	checkListener(listener);
	if (left)
		nextTick(listener);
	else
		leaving.push(listener);
	return module.exports;
}

// What is no JSON has another module sent: its bytes.
function read(bytes) {
	const buffer = Buffer.from(bytes);
	try {
		return JSON.parse(buffer.toString());
	} catch {
		return buffer;
	}
}

function each(functions, ...args) {
	for (const one of functions) {
		try {
			one(...args);
		} catch (error) {
			uncaught(error);
		}
	}
}

function onMessage(topic, bytes) {
	const known = listeners.get(topic);
	if (known !== undefined && known.length > 0)
		each(known.slice(), read(bytes));
}

function onLeave() {
	left = true;
	each(leaving.splice(0));
}

module.exports = { workerId: native.workerId(), send, on, off, onDrain };
for (const [name, value] of Object.entries({ onMessage, onLeave }))
	Object.defineProperty(module.exports, name, { value });
