// Addresses and ports, and the errors that the system has about them.
"use strict";

const { argType, coded } = require("errors");
const { TABLE } = require("system_errors");

const WORDS = new Map(TABLE.map(([, code, words]) => [code, words]));
const NUMBERS = new Map(TABLE.map(([number, code]) => [code, -number]));
NUMBERS.set("ENOTFOUND", -3008); // the resolver's

// "connect ECONNREFUSED 127.0.0.1:1", with `more` as its members; `where` is what is said behind it.
function systemError(code, syscall, more, where) {
	const words = syscall === "listen" && WORDS.has(code) ? `: ${WORDS.get(code)}` : "";
	const error = new Error(`${syscall} ${code}${words}${where === undefined ? "" : ` ${where}`}`);
	return Object.assign(error, { errno: NUMBERS.get(code) ?? -1, code, syscall }, more);
}

// The same of an address, which may have a port.
function addressError(code, syscall, address, port) {
	const error = systemError(code, syscall, { address }, port > 0 ? `${address}:${port}` : address);
	if (port)
		error.port = port;
	return error;
}

function isIPv4(text) {
	const parts = String(text).split(".");
	return parts.length === 4 && parts.every((part) => /^(0|[1-9]\d{0,2})$/.test(part) && part <= 255);
}

function isIPv6(text) {
	text = String(text).replace(/%[0-9a-zA-Z.-]+$/, "");
	const tail = text.slice(text.lastIndexOf(":") + 1);
	if (tail.includes(".")) {
		if (!isIPv4(tail))
			return false;
		text = text.slice(0, -tail.length) + "0:0";
	}
	const halves = text.split("::");
	if (halves.length > 2 || !text.includes(":"))
		return false;
	const groups = halves.flatMap((half) => half === "" ? [] : half.split(":"));
	return groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group)) &&
		(halves.length === 2 ? groups.length < 8 : groups.length === 8);
}

function isIP(text) {
	return isIPv4(text) ? 4 : isIPv6(text) ? 6 : 0;
}

// A port, as a number; "8000" is one, too.
function portOf(value, name = "Port") {
	const good = typeof value === "number" || (typeof value === "string" && value.trim() !== "");
	const number = good ? Number(value) : NaN;
	if (!Number.isInteger(number) || number < 0 || number > 65535)
		throw coded(RangeError, "ERR_SOCKET_BAD_PORT", `${name} should be >= 0 and < 65536. Received ${typeof value === "number"
			? `type number (${value})` : `type ${typeof value} (${require("inspect").inspect(value)})`}.`);
	return number;
}

// "8000" is a port, all other text is a path.
function isPath(value) {
	return typeof value === "string" && !(Number(value) >= 0 && value.trim() !== "");
}

// Where a unix socket is: eddy takes no path that depends on a folder. (What begins with @ or 0 is no file.)
function absolute(path) {
	return /^[/@\0]/.test(path) ? path : require("path").resolve(native.cwd(), path);
}

// As eddy writes an address.
function written(host, port) {
	return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

function family(address) {
	const version = isIP(address);
	return version === 0 ? undefined : `IPv${version}`;
}

// The same taken apart: what server.address() is.
function parts(address) {
	if (address.startsWith("unix:"))
		return address.slice(5);
	const at = address.lastIndexOf(":");
	const host = address.slice(0, at).replace(/^\[|\]$/g, "");
	return { address: host, family: family(host), port: Number(address.slice(at + 1)) };
}

function checkFunction(name, given) {
	if (typeof given !== "function")
		throw argType(name, "of type function", given);
}

module.exports = { absolute, systemError, addressError, isIPv4, isIPv6, isIP,
	portOf, isPath, written, family, parts, checkFunction };
