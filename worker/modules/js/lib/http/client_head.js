// The head of a client's request: what is said of it when it is made, and the fields that leave. These are methods
// of ClientRequest's.
"use strict";

const { argType, coded } = require("errors");
const { checkHost, checkOption, hostHeader, valuesOf } = require("http/client_options");
const { textOf } = require("http/outgoing");
const { checkMs } = require("http/client_socket");
const net = require("net");

const BAD_PATH = /[^\u0021-\u00ff]/;

module.exports = {
	checkTarget_(options) {
		const protocol = options.protocol || this.agent.protocol || "http:", expected = this.agent.protocol || "http:";
		if (options.path && BAD_PATH.test(String(options.path)))
			throw coded(TypeError, "ERR_UNESCAPED_CHARACTERS", "Request path contains unescaped characters");
		if (protocol !== expected)
			throw coded(TypeError, "ERR_INVALID_PROTOCOL", `Protocol "${protocol}" not supported. Expected "${expected}"`);
		this.defaultPort_ = options.defaultPort || this.agent.defaultPort || 80;
		this.port_ = options.port = options.port || this.defaultPort_;
		this.host = options.host = checkHost("hostname", options.hostname) || checkHost("host", options.host) || "localhost";
		this.protocol = protocol;
		this.socketPath = options.socketPath;
		if (this.socketPath)
			return;
		net.portOf(options.port);
		for (const name of ["localAddress", "localPort"])
			if (options[name] !== undefined)
				throw coded(Error, "ERR_METHOD_NOT_IMPLEMENTED",
					`options.${name}: the address that requests leave from is the system's choice in eddy`);
	},

	checkRest_(options) {
		const timeout = options.timeout ?? this.agent.options?.timeout;
		this.timeout = timeout === undefined ? undefined : checkMs("timeout", timeout);
		this.timeoutMs_ = this.timeout ?? 0;
		checkOption(options, "insecureHTTPParser", "boolean");
		checkOption(options, "maxHeaderSize", "number", "maxHeaderSize");
		checkOption(options, "joinDuplicateHeaders", "boolean");
		this.joinDuplicateHeaders = options.joinDuplicateHeaders;
		if (options.signal !== undefined && !(options.signal instanceof AbortSignal))
			throw argType("signal", "an instance of AbortSignal", options.signal);
		if (options.lookup !== undefined && options.lookup !== null && typeof options.lookup !== "function")
			throw argType("options.lookup", "of type function", options.lookup);
		this.family_ = options.family === 4 || options.family === 6 ? options.family : 0;
		this.lookup_ = options.lookup ?? undefined;
	},

	putHeaders_({ headers, auth, setHost, port }) {
		if (Array.isArray(headers)) {
			const flat = headers.flat();
			for (let i = 0; i < flat.length; i += 2)
				this.appendHeader(flat[i], flat[i + 1]);
		} else {
			for (const name of Object.keys(headers ?? {}))
				this.setHeader(name, headers[name]);
		}
		if (this.host && !this.hasHeader("host") && setHost !== false)
			this.setHeader("Host", hostHeader(this.host, port, this.defaultPort_));
		if (auth && !this.hasHeader("Authorization"))
			this.setHeader("Authorization", `Basic ${Buffer.from(auth).toString("base64")}`);
	},

	// All header fields as C takes them; `length` is the body's, if it is known.
	packed_(length) {
		let text = "";
		const fields = this.fields_ ?? [];
		for (let i = 0; i < fields.length; i += 3)
			for (const value of valuesOf(fields[i], fields[i + 2]))
				text += `${fields[i + 1]}\0${textOf(fields[i + 1], value)}\0`;
		if (!this.hasHeader("connection"))
			text += `Connection\0${this.shouldKeepAlive ? "keep-alive" : "close"}\0`;
		if (this.hasHeader("content-length") || this.hasHeader("transfer-encoding"))
			return text;
		if (length === undefined)
			return text + (this.useChunkedEncodingByDefault || this.written_ ? "Transfer-Encoding\0chunked\0" : "");
		return text + (this.useChunkedEncodingByDefault || length > 0 ? `Content-Length\0${length}\0` : "");
	},
};
