// url: URL and URLSearchParams of the URL Standard; Node's older functions are in url/legacy.js.
"use strict";

const { argType, coded } = require("errors");
const { domainToASCII, domainToUnicode } = require("url/idna");

const SPECIAL = { __proto__: null, "http:": 80, "https:": 443, "ws:": 80, "wss:": 443, "ftp:": 21, "file:": null };
const customInspect = Symbol.for("nodejs.util.inspect.custom");

// percent-encoding ---------------------------------------------------------------------

// The sets of the standard, as what each encodes of printable ASCII.
const C0 = "", FRAGMENT = ' "<>`', QUERY = ' "#<>', SPECIAL_QUERY = ' "#<>\'', PATH = ' "#<>?`{}', USERINFO = ' "#<>?^`{}/:;=@[\\]|';

function percentByte(byte) {
	return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function percent(text, set) {
	let out = "";
	for (const character of text) {
		const code = character.codePointAt(0);
		if (code > 0x1f && code < 0x7f && !set.includes(character))
			out += character;
		else if (code < 0x80)
			out += percentByte(code);
		else
			for (const byte of new Uint8Array(native.utf8Encode(character)))
				out += percentByte(byte);
	}
	return out;
}

function unpercent(text) {
	if (!text.includes("%"))
		return text;
	return require("querystring").unescapeBuffer(text).toString();
}

// hosts --------------------------------------------------------------------------------

function ipv4Number(part) {
	if (part === "")
		return NaN;
	if (/^0[xX][0-9a-fA-F]*$/.test(part))
		return part.length === 2 ? 0 : parseInt(part, 16);
	if (/^0[0-7]+$/.test(part))
		return parseInt(part, 8);
	return /^\d+$/.test(part) ? Number(part) : NaN;
}

// An address if the last label is a number; undefined: it is a name; null: it is neither.
function ipv4(host) {
	const parts = host.split(".");
	if (parts[parts.length - 1] === "" && parts.length > 1)
		parts.pop();
	const last = parts[parts.length - 1];
	if (!/^\d+$/.test(last) && Number.isNaN(ipv4Number(last)))
		return undefined;
	const numbers = parts.map(ipv4Number);
	if (parts.length > 4 || numbers.some(Number.isNaN) || numbers.slice(0, -1).some((n) => n > 255) ||
		numbers[numbers.length - 1] >= 256 ** (5 - numbers.length))
		return null;
	let value = numbers[numbers.length - 1];
	numbers.slice(0, -1).forEach((n, i) => {
		value += n * 256 ** (3 - i);
	});
	return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function ipv6(text) {
	const { isIPv6 } = require("net/address");
	if (text.includes("%") || !isIPv6(text))
		return null;
	const tail = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
	if (tail)
		text = text.slice(0, tail.index) + ((tail[1] << 8 | tail[2]) >>> 0).toString(16) + ":" + ((tail[3] << 8 | tail[4]) >>> 0).toString(16);
	const [front, back] = text.split("::");
	const groups = (half) => half ? half.split(":").map((group) => parseInt(group, 16)) : [];
	const a = groups(front), b = back === undefined ? [] : groups(back);
	const all = back === undefined ? a : [...a, ...new Array(8 - a.length - b.length).fill(0), ...b];
	let best = { at: -1, n: 1 };
	for (let i = 0; i < 8; i++) {
		let n = 0;
		while (i + n < 8 && all[i + n] === 0)
			n++;
		if (n > best.n)
			best = { at: i, n };
	}
	const hex = (list) => list.map((n) => n.toString(16)).join(":");
	return best.at < 0 ? `[${hex(all)}]` : `[${hex(all.slice(0, best.at))}::${hex(all.slice(best.at + best.n))}]`;
}

function parseHost(text, special) {
	if (text.startsWith("["))
		return text.endsWith("]") ? ipv6(text.slice(1, -1)) : null;
	if (!special)
		// eslint-disable-next-line no-control-regex
		return /[\0\t\n\r #/<>?@[\\\]^|]/.test(text) ? null : percent(text, C0);
	const name = domainToASCII(unpercent(text));
	// eslint-disable-next-line no-control-regex
	if (name === "" || /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(name))
		return null;
	const address = ipv4(name);
	return address === undefined ? name : address;
}

// parser -------------------------------------------------------------------------------

function parsePath(record, text, base) {
	const special = record.protocol in SPECIAL;
	const path = base ? base.slice() : [];
	const parts = (special ? text.replaceAll("\\", "/") : text).split("/");
	parts.forEach((part, i) => {
		const last = i === parts.length - 1, plain = part.replace(/%2e/gi, ".");
		if (plain === "..") {
			if (!(record.protocol === "file:" && path.length === 1 && /^[a-zA-Z]:$/.test(path[0])))
				path.pop();
			if (last)
				path.push("");
		} else if (plain === ".") {
			if (last)
				path.push("");
		} else {
			path.push(percent(part, PATH));
		}
	});
	return path;
}

function setTail(record, query, hash) {
	record.search = query === undefined ? null : percent(query, record.protocol in SPECIAL ? SPECIAL_QUERY : QUERY);
	record.hash = hash === undefined ? null : percent(hash, FRAGMENT);
}

// Takes "?query#fragment" off: [front, query, fragment].
function cut(text) {
	const [, front, query, hash] = /^([^?#]*)(?:\?([^#]*))?(?:#([^]*))?$/.exec(text);
	return [front, query, hash];
}

function parseAuthority(record, text) {
	const special = record.protocol in SPECIAL, at = text.lastIndexOf("@");
	if (at >= 0) {
		const credentials = text.slice(0, at), colon = credentials.indexOf(":");
		record.username = percent(colon < 0 ? credentials : credentials.slice(0, colon), USERINFO);
		record.password = colon < 0 ? "" : percent(credentials.slice(colon + 1), USERINFO);
		text = text.slice(at + 1);
		if (text === "")
			return false;
	}
	const found = /^(\[[^\]]*\]|[^:]*)(?::(.*))?$/.exec(text);
	if (!found || (found[1] === "" && (special || found[2] !== undefined)))
		return false;
	record.hostname = found[1] === "" ? "" : parseHost(found[1], special);
	return record.hostname !== null && setPort(record, found[2] ?? "");
}

function setPort(record, text) {
	if (!/^\d*$/.test(text) || Number(text) > 65535)
		return false;
	record.port = text === "" || Number(text) === SPECIAL[record.protocol] ? "" : String(Number(text));
	return true;
}

function blank(protocol) {
	return { protocol, username: "", password: "", hostname: null, port: "", path: [], opaque: null, search: null, hash: null };
}

// Without spaces and control characters at both ends, by hand: a regular expression that ends with `$` would begin anew
// at each of many spaces that stand before something else.
function trimmed(text) {
	let start = 0, end = text.length;
	while (start < end && text.charCodeAt(start) <= 0x20)
		start++;
	while (end > start && text.charCodeAt(end - 1) <= 0x20)
		end--;
	return text.slice(start, end);
}

// The record of a URL, or null.
function parseUrl(input, base) {
	input = trimmed(input).replace(/[\t\n\r]/g, "");
	const scheme = /^[a-zA-Z][a-zA-Z0-9+\-.]*:/.exec(input);
	if (!scheme)
		return base ? parseRelative(input, base) : null;
	const protocol = scheme[0].toLowerCase(), rest = input.slice(protocol.length);
	const special = protocol in SPECIAL;
	if (special && base && base.protocol === protocol && !/^[/\\]{2}/.test(rest) && protocol !== "file:")
		return parseRelative(rest, base);
	if (protocol === "file:")
		return base && base.protocol === "file:" ? parseRelative(rest, base) : parseFile(rest);
	const record = blank(protocol), [front, query, hash] = cut(rest);
	if (special || front.startsWith("//")) {
		const text = special ? front.replace(/^[/\\]*/, "") : front.slice(2);
		const end = text.search(special ? /[/\\]/ : /\//);
		if (!parseAuthority(record, end < 0 ? text : text.slice(0, end)))
			return null;
		if (end >= 0)
			record.path = parsePath(record, text.slice(end + 1));
		else if (special)
			record.path = [""];
	} else if (front.startsWith("/")) {
		record.path = parsePath(record, front.slice(1));
	} else {
		record.opaque = percent(front, C0);
	}
	setTail(record, query, hash);
	return record;
}

function parseFile(rest) {
	const record = blank("file:"), [front, query, hash] = cut(rest.replaceAll("\\", "/"));
	let text = front;
	record.hostname = "";
	if (text.startsWith("//")) {
		const end = text.indexOf("/", 2), host = end < 0 ? text.slice(2) : text.slice(2, end);
		if (!/^[a-zA-Z][:|]$/.test(host)) {
			record.hostname = host === "" ? "" : parseHost(host, true);
			if (record.hostname === null)
				return null;
			if (record.hostname === "localhost")
				record.hostname = "";
			text = end < 0 ? "" : text.slice(end);
		} else {
			text = text.slice(1);
		}
	}
	record.path = parsePath(record, text.replace(/^\//, ""));
	setTail(record, query, hash);
	return record;
}

function parseRelative(input, base) {
	if (base.opaque !== null) {
		if (!input.startsWith("#"))
			return null;
		return { ...base, hash: percent(input.slice(1), FRAGMENT) };
	}
	const special = base.protocol in SPECIAL, slashes = special ? /^[/\\]/ : /^\//;
	const [front, query, hash] = cut(input);
	const record = { ...base, path: base.path.slice() };
	if (special ? /^[/\\]{2}/.test(front) : front.startsWith("//"))
		return parseUrl(base.protocol + input, undefined);
	if (slashes.test(front) || (record.protocol === "file:" && /^[a-zA-Z][:|](\/|$)/.test(front))) {
		record.path = parsePath(record, front.replace(slashes, ""));
	} else if (front !== "") {
		record.path = parsePath(record, front, base.path.slice(0, -1));
	} else if (query === undefined) {
		record.hash = hash === undefined ? null : percent(hash, FRAGMENT);
		return record;
	}
	setTail(record, query, hash);
	return record;
}

function pathOf(record) {
	return record.opaque !== null ? record.opaque : record.path.map((part) => `/${part}`).join("");
}

function serialized(record, withHash = true) {
	let text = record.protocol;
	if (record.hostname !== null) {
		text += "//";
		if (record.username !== "" || record.password !== "")
			text += `${record.username}${record.password !== "" ? `:${record.password}` : ""}@`;
		text += record.hostname + (record.port !== "" ? `:${record.port}` : "");
	} else if (record.opaque === null && record.path.length > 1 && record.path[0] === "") {
		text += "/.";
	}
	text += pathOf(record);
	if (record.search !== null)
		text += `?${record.search}`;
	return withHash && record.hash !== null ? `${text}#${record.hash}` : text;
}

// URL ----------------------------------------------------------------------------------

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
Object.defineProperty(URL.prototype, Symbol.toStringTag, { configurable: true, value: "URL" });

function invalid(input, base) {
	const error = coded(TypeError, "ERR_INVALID_URL", "Invalid URL");
	error.input = input;
	if (base !== undefined)
		error.base = base;
	return error;
}

// URLSearchParams ----------------------------------------------------------------------

function formEncode(text) {
	return percent(text.toWellFormed ? text.toWellFormed() : text, " !\"#$%&'()+,/:;<=>?@[\\]^`{|}~").replaceAll("%20", "+");
}

function formDecode(text) {
	return unpercent(text.replaceAll("+", " "));
}

class URLSearchParams {
	#list = [];

	static list_(params) {
		if (params === null || typeof params !== "object" || !(#list in params))
			throw coded(TypeError, "ERR_INVALID_THIS", 'Value of "this" must be of type URLSearchParams');
		return params.#list;
	}

	constructor(init) {
		Object.defineProperty(this, "onChange_", { writable: true, value: undefined });
		if (init === undefined || init === null)
			return;
		if (typeof init === "object" || typeof init === "function") {
			const iterate = init[Symbol.iterator];
			if (iterate !== undefined && iterate !== null) {
				if (typeof iterate !== "function")
					throw coded(TypeError, "ERR_ARG_NOT_ITERABLE", "Query pairs must be iterable");
				for (const pair of init) {
					if (pair === null || (typeof pair !== "object" && typeof pair !== "function") || typeof pair[Symbol.iterator] !== "function" || [...pair].length !== 2)
						throw coded(TypeError, "ERR_INVALID_TUPLE", "Each query pair must be an iterable [name, value] tuple");
					const [name, value] = pair;
					this.#list.push([`${name}`, `${value}`]);
				}
			} else {
				for (const key of Object.keys(init))
					this.#list.push([key, `${init[key]}`]);
			}
		} else {
			this.replace_(`${init}`.replace(/^\?/, ""));
		}
	}

	replace_(text) {
		this.#list = text.split("&").filter((pair) => pair !== "").map((pair) => {
			const at = pair.indexOf("=");
			return at < 0 ? [formDecode(pair), ""] : [formDecode(pair.slice(0, at)), formDecode(pair.slice(at + 1))];
		});
	}

	#changed() {
		if (this.onChange_ !== undefined)
			this.onChange_(this.toString());
	}

	get size() {
		return this.#list.length;
	}

	append(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 2, '"name" and "value" arguments');
		this.#list.push([`${name}`, `${value}`]);
		this.#changed();
	}

	delete(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		for (let i = this.#list.length - 1; i >= 0; i--)
			if (this.#list[i][0] === `${name}` && (value === undefined || this.#list[i][1] === `${value}`))
				this.#list.splice(i, 1);
		this.#changed();
	}

	get(name) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		const found = this.#list.find(([key]) => key === `${name}`);
		return found === undefined ? null : found[1];
	}

	getAll(name) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		return this.#list.filter(([key]) => key === `${name}`).map(([, value]) => value);
	}

	has(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		return this.#list.some(([key, one]) => key === `${name}` && (value === undefined || one === `${value}`));
	}

	set(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 2, '"name" and "value" arguments');
		const at = this.#list.findIndex(([key]) => key === `${name}`);
		if (at < 0) {
			this.#list.push([`${name}`, `${value}`]);
		} else {
			this.#list[at][1] = `${value}`;
			this.#list = this.#list.filter(([key], i) => i <= at || key !== `${name}`);
		}
		this.#changed();
	}

	sort() {
		URLSearchParams.list_(this);
		this.#list.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
		this.#changed();
	}

	forEach(callback, self) {
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		const list = URLSearchParams.list_(this);
		for (let i = 0; i < list.length; i++)
			callback.call(self, list[i][1], list[i][0], this);
	}

	entries() {
		return iterator(this, (pair) => [...pair]);
	}

	keys() {
		return iterator(this, ([name]) => name);
	}

	values() {
		return iterator(this, ([, value]) => value);
	}

	toString() {
		return URLSearchParams.list_(this).map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join("&");
	}

	[customInspect](depth, options, inspect) {
		if (typeof depth === "number" && depth < 0)
			return "[Object]";
		const quoted = (text) => (inspect ?? require("inspect").inspect)(text, options);
		const shown = this.#list.map(([name, value]) => `${quoted(name)} => ${quoted(value)}`);
		if (shown.length === 0)
			return "URLSearchParams {}";
		const long = shown.reduce((sum, text) => sum + text.length + 2, 0) > ((options && options.breakLength) ?? 80);
		return long ? `URLSearchParams {\n  ${shown.join(",\n  ")} }` : `URLSearchParams { ${shown.join(", ")} }`;
	}
}
URLSearchParams.prototype[Symbol.iterator] = URLSearchParams.prototype.entries;
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { enumerable: false });
Object.defineProperty(URLSearchParams, "list_", { enumerable: false });
for (const name of ["append", "delete", "get", "getAll", "has", "set", "sort", "entries", "forEach", "keys", "values", "toString", "size"])
	Object.defineProperty(URLSearchParams.prototype, name, { enumerable: true });
Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { configurable: true, value: "URLSearchParams" });

// Iterators follow the list while it changes, and show what they have not given yet.
const iterated = new WeakMap();
const IteratorPrototype = Object.setPrototypeOf({
	next() {
		const state = iterated.get(this);
		if (state === undefined)
			throw coded(TypeError, "ERR_INVALID_THIS", 'Value of "this" must be of type URLSearchParamsIterator');
		const list = URLSearchParams.list_(state.params);
		if (state.at >= list.length)
			return { value: undefined, done: true };
		return { value: state.take(list[state.at++]), done: false };
	},
	[customInspect](depth, options, inspect) {
		const { params, at, take } = iterated.get(this);
		const shown = URLSearchParams.list_(params).slice(at).map((pair) => inspect(take(pair), options));
		return `URLSearchParams Iterator { ${shown.join(", ")} }`;
	},
}, Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
Object.defineProperty(IteratorPrototype, customInspect, { enumerable: false });
Object.defineProperty(IteratorPrototype, Symbol.toStringTag, { configurable: true, value: "URLSearchParams Iterator" });

function iterator(params, take) {
	URLSearchParams.list_(params);
	const made = Object.create(IteratorPrototype);
	iterated.set(made, { params, at: 0, take });
	return made;
}

function need(args, n, what) {
	if (args.length < n)
		throw coded(TypeError, "ERR_MISSING_ARGS", `The ${what} must be specified`);
}

Object.assign(exports, { URL, URLSearchParams, domainToASCII: (domain) => parseHost(`${domain}`, true) ?? "",
	domainToUnicode: (domain) => domainToUnicode(parseHost(`${domain}`, true) ?? "") });
Object.assign(exports, require("url/legacy"));
