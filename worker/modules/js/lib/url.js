// url: URL of the URL Standard. What it is made of is in url/; Node's older functions are in url/legacy.js.
"use strict";

const { coded } = require("errors");
const { domainToUnicode } = require("url/idna");
const { FRAGMENT, QUERY, SPECIAL_QUERY, USERINFO, percent } = require("url/percent");
const { parseHost } = require("url/host");
const { SPECIAL, parseUrl, parsePath, setPort, pathOf, serialized } = require("url/record");
const { URLSearchParams } = require("url/params");

const customInspect = Symbol.for("nodejs.util.inspect.custom");

class URL {
	#record;
	#params;

	constructor(input, base) {
		if (arguments.length === 0)
			throw coded(TypeError, "ERR_MISSING_ARGS", 'The "url" argument must be specified');
		input = `${input}`;
		let from;
		if (base !== undefined) {
			from = parseUrl(`${base}`);
			if (from === null)
				throw invalid(input, `${base}`);
		}
		this.#record = parseUrl(input, from);
		if (this.#record === null)
			throw invalid(input, base === undefined ? undefined : `${base}`);
	}

	static canParse(input, base) {
		try {
			return new URL(input, base) !== undefined;
		} catch {
			return false;
		}
	}

	static parse(input, base) {
		try {
			return new URL(input, base);
		} catch {
			return null;
		}
	}

	get href() {
		return serialized(this.#record);
	}

	set href(value) {
		const record = parseUrl(`${value}`);
		if (record === null)
			throw invalid(`${value}`);
		this.#record = record;
		this.#renew();
	}

	get origin() {
		const { protocol, hostname, port } = this.#record;
		if (protocol === "blob:") {
			const inner = parseUrl(pathOf(this.#record));
			return inner !== null && /^https?:$/.test(inner.protocol) ? new URL(serialized(inner)).origin : "null";
		}
		if (!(protocol in SPECIAL) || protocol === "file:")
			return "null";
		return `${protocol}//${hostname}${port !== "" ? `:${port}` : ""}`;
	}

	get protocol() {
		return this.#record.protocol;
	}

	set protocol(value) {
		const found = /^([a-zA-Z][a-zA-Z0-9+\-.]*):?/.exec(`${value}`);
		const record = this.#record;
		if (!found)
			return;
		const protocol = `${found[1].toLowerCase()}:`;
		if (record.protocol === "file:" && !record.hostname)
			return;
		if ((protocol in SPECIAL) !== (record.protocol in SPECIAL) || (protocol === "file:" && (record.username || record.password || record.port)))
			return;
		record.protocol = protocol;
		if (Number(record.port) === SPECIAL[protocol])
			record.port = "";
	}

	get username() {
		return this.#record.username;
	}

	set username(value) {
		if (this.#record.hostname && this.#record.protocol !== "file:")
			this.#record.username = percent(`${value}`, USERINFO);
	}

	get password() {
		return this.#record.password;
	}

	set password(value) {
		if (this.#record.hostname && this.#record.protocol !== "file:")
			this.#record.password = percent(`${value}`, USERINFO);
	}

	get host() {
		const { hostname, port } = this.#record;
		return (hostname ?? "") + (port !== "" ? `:${port}` : "");
	}

	set host(value) {
		if (this.#record.protocol === "file:") {
			this.hostname = value; // which has no port
			return;
		}
		const [, host, port] = /^(\[[^\]]*\]|[^:/?#\\]*)(?::(\d*))?/.exec(`${value}`);
		const before = this.#record.hostname;
		this.hostname = host;
		if (port && (this.#record.hostname !== before || host === before))
			this.port = port;
	}

	get hostname() {
		return this.#record.hostname ?? "";
	}

	set hostname(value) {
		const record = this.#record, special = record.protocol in SPECIAL;
		if (record.opaque !== null)
			return;
		const text = `${value}`.replace(special ? /[/?#\\][^]*$/ : /[/?#][^]*$/, "");
		if (text === "" && (record.port !== "" || record.username !== "" || record.password !== ""))
			return;
		const host = text === "" && (!special || record.protocol === "file:") ? "" : parseHost(text, special);
		if (host !== null && (text.startsWith("[") || !text.includes(":")))
			record.hostname = host === "localhost" && record.protocol === "file:" ? "" : host;
	}

	get port() {
		return this.#record.port;
	}

	set port(value) {
		const [digits] = /^\d*/.exec(`${value}`);
		if (this.#record.hostname && this.#record.protocol !== "file:" && (digits !== "" || `${value}` === ""))
			setPort(this.#record, digits);
	}

	get pathname() {
		return pathOf(this.#record);
	}

	set pathname(value) {
		if (this.#record.opaque !== null)
			return;
		const text = `${value}`.replaceAll("?", "%3F").replaceAll("#", "%23");
		if (text === "" && !(this.#record.protocol in SPECIAL) && this.#record.hostname !== null) {
			this.#record.path = [];
			return;
		}
		this.#record.path = parsePath(this.#record, text.replace(this.#record.protocol in SPECIAL ? /^[/\\]/ : /^\//, ""));
	}

	get search() {
		return this.#record.search ? `?${this.#record.search}` : "";
	}

	set search(value) {
		const text = `${value}`.replace(/^\?/, "");
		this.#record.search = `${value}` === "" ? null : percent(text, this.#record.protocol in SPECIAL ? SPECIAL_QUERY : QUERY);
		this.#renew();
	}

	get searchParams() {
		if (this.#params === undefined) {
			this.#params = new URLSearchParams(this.#record.search ?? "");
			this.#params.onChange_ = (text) => {
				this.#record.search = text === "" ? null : text;
			};
		}
		return this.#params;
	}

	get hash() {
		return this.#record.hash ? `#${this.#record.hash}` : "";
	}

	set hash(value) {
		const text = `${value}`.replace(/^#/, "");
		this.#record.hash = `${value}` === "" ? null : percent(text, FRAGMENT);
	}

	#renew() {
		if (this.#params !== undefined)
			this.#params.replace_(this.#record.search ?? "");
	}

	toString() {
		return this.href;
	}

	toJSON() {
		return this.href;
	}

	[customInspect](depth, options, inspect) {
		if (typeof depth === "number" && depth < 0)
			return this;
		const shown = {};
		for (const key of ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash"])
			shown[key] = this[key];
		return `${this.constructor.name} ${(inspect ?? require("inspect").inspect)(shown, options)}`;
	}
}
for (const name of ["href", "origin", "protocol", "username", "password", "host", "hostname", "port", "pathname", "search", "searchParams", "hash", "toString", "toJSON"])
	Object.defineProperty(URL.prototype, name, { enumerable: true });
for (const name of ["canParse", "parse"])
	Object.defineProperty(URL, name, { enumerable: true });
Object.defineProperty(URL.prototype, Symbol.toStringTag, { configurable: true, value: "URL" });

function invalid(input, base) {
	const error = coded(TypeError, "ERR_INVALID_URL", "Invalid URL");
	error.input = input;
	if (base !== undefined)
		error.base = base;
	return error;
}

Object.assign(exports, { URL, URLSearchParams, domainToASCII: (domain) => parseHost(`${domain}`, true) ?? "",
	domainToUnicode: (domain) => domainToUnicode(parseHost(`${domain}`, true) ?? "") });
Object.assign(exports, require("url/legacy"));
