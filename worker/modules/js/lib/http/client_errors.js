// What Node calls the failures of a request to a server.
"use strict";

const { coded } = require("errors");
const { systemError, addressError } = require("net/address");

// Codes of names that cannot be looked up.
const NAMES = new Set(["ENOTFOUND", "ENODATA", "ESERVFAIL", "EREFUSED", "ETIMEOUT", "ENOTIMP", "EFORMERR", "EBADRESP",
	"EBADNAME", "EBADQUERY"]);

function hangUp() {
	return coded(Error, "ECONNRESET", "socket hang up");
}

function lookupError(code, host) {
	return require("dns/resolver").lookupError(code, host);
}

// What a server has said that is not HTTP; Node's parser has more codes of that kind.
function parseError(code, message) {
	const error = new Error(`Parse Error: ${message}`);
	return Object.assign(error, { code, reason: message });
}

// `begun`: the answer has; `code` and `text` are eddy's.
function errorOf(request, code, text, begun) {
	const { host, port_: port, socketPath } = request;
	if (code === "EABORTED")
		return hangUp();
	if (code === "EBADMSG")
		return begun ? parseError("HPE_INVALID_CHUNK_SIZE", "Invalid character in chunk size")
			: parseError("HPE_INVALID_CONSTANT", "Expected HTTP/, RTSP/ or ICE/");
	if (code === "ETOOBIG")
		return parseError("HPE_HEADER_OVERFLOW", "Header overflow");
	if (code === "ECONTENT_LENGTH")
		return coded(Error, "ERR_HTTP_CONTENT_LENGTH_MISMATCH", `The body of the request is not as long as its ` +
			`content-length of ${request.getHeader("content-length")} byte(s) has promised`);
	if (code === "EINVAL")
		return coded(Error, "EINVAL", `eddy does not send this request to ${host}: the log says what is wrong with it`);
	if (request.connected_)
		return systemError(code, "read");
	if (socketPath)
		return addressError(code, "connect", socketPath);
	if (NAMES.has(code))
		return lookupError(code, host);
	if (code === "ECANCELED" || !/^E[A-Z]+$/.test(code))
		return coded(Error, code, `request to ${host}: ${text}`);
	return addressError(code, "connect", host, Number(port));
}

module.exports = { hangUp, lookupError, errorOf };
