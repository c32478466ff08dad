// url's older functions: parse, format, resolve, and those for the paths of files.
"use strict";

const { argType, coded } = require("errors");
const { URL } = require("url");
const { domainToASCII, domainToUnicode } = require("url/idna");

const SLASHED = new Set(["http", "http:", "https", "https:", "ftp", "ftp:", "gopher", "gopher:", "file", "file:", "ws", "ws:", "wss", "wss:"]);

const KEYS = ["protocol", "slashes", "auth", "host", "port", "hostname", "hash", "search", "query", "pathname", "path", "href"];

// A function, and no class: packages call it for objects of their own.
function Url() {
	for (const key of KEYS)
		this[key] = null;
}

Object.assign(Url.prototype, {
	parse(text, withQuery, slashesDenoteHost) {
		return Object.assign(this, parse(text, withQuery, slashesDenoteHost));
	},

	format() {
		return format(this);
	},

	resolve(to) {
		return resolve(this, to);
	},

	resolveObject(to) {
		return resolveObject(this, to);
	},
});

function parse(text, withQuery = false, slashesDenoteHost = false) {
	if (text instanceof Url)
		return text;
	if (typeof text !== "string")
		throw argType("url", "of type string", text);
	const out = new Url();
	let rest = text.trim();
	const question = rest.search(/[?#]/), head = question < 0 ? rest.length : question;
	rest = rest.slice(0, head).replaceAll("\\", "/") + rest.slice(head);
	const scheme = /^[a-zA-Z0-9.+-]+:/.exec(rest);
	if (scheme) {
		out.protocol = scheme[0].toLowerCase();
		rest = rest.slice(out.protocol.length);
	}
	if ((slashesDenoteHost || scheme || /^\/\/[^@/]+@[^@/]+/.test(rest)) && rest.startsWith("//") && out.protocol !== "javascript:") {
		rest = rest.slice(2);
		out.slashes = true;
	}
	if (out.protocol !== "javascript:" && (out.slashes || (out.protocol && !SLASHED.has(out.protocol)))) {
		const end = rest.search(/[/?#]/);
		const authority = end < 0 ? rest : rest.slice(0, end);
		const at = authority.lastIndexOf("@");
		if (at >= 0)
			out.auth = decodeURIComponent(authority.slice(0, at));
		let host = authority.slice(at + 1).replace(/[\t\n\r]/g, "");
		rest = end < 0 ? "" : rest.slice(end);
		const port = /:(\d*)$/.exec(host);
		if (port) {
			if (port[1] !== "")
				out.port = port[1];
			host = host.slice(0, port.index);
		}
		const bad = host.startsWith("[") ? -1 : host.search(/[^a-zA-Z0-9_.\-+\u0080-\uffff:%]/);
		if (bad >= 0) {
			rest = host.slice(bad) + rest;
			host = host.slice(0, bad);
		}
		out.hostname = host.startsWith("[") ? host.slice(1, -1) : domainToASCII(host.toLowerCase());
		out.host = (host.startsWith("[") ? host.toLowerCase() : out.hostname) + (out.port !== null ? `:${out.port}` : "");
	}
	if (out.protocol !== "javascript:")
		rest = rest.replace(/[\t\n\r "'<>\\^`{|}]/g, (character) => encodeURIComponent(character).replace("'", "%27"));
	const hash = rest.indexOf("#");
	if (hash >= 0) {
		out.hash = rest.slice(hash);
		rest = rest.slice(0, hash);
	}
	const query = rest.indexOf("?");
	if (query >= 0) {
		out.search = rest.slice(query);
		out.query = out.search.slice(1);
		rest = rest.slice(0, query);
	} else if (withQuery) {
		out.search = null;
		out.query = "";
	}
	if (withQuery)
		out.query = require("querystring").parse(out.query);
	if (rest !== "")
		out.pathname = rest;
	if (SLASHED.has(out.protocol) && out.hostname && !out.pathname)
		out.pathname = "/";
	if (out.pathname || out.search)
		out.path = (out.pathname ?? "") + (out.search ?? "");
	out.href = format(out);
	return out;
}

function formatUrl(url, options) {
	if (options !== undefined && options !== null && typeof options !== "object")
		throw argType("options", "of type object", options);
	const { fragment = true, search = true, auth = true, unicode = false } = options ?? {};
	const user = auth && (url.username || url.password)
		? `${url.username}${url.password ? `:${url.password}` : ""}@` : "";
	const name = unicode ? domainToUnicode(url.hostname) : url.hostname;
	const host = url.host === "" && !url.href.startsWith(`${url.protocol}//`) ? ""
		: `//${user}${name}${url.port ? `:${url.port}` : ""}`;
	return url.protocol + host + url.pathname + (search ? url.search : "") + (fragment ? url.hash : "");
}

function format(value, options) {
	if (typeof value === "string")
		return parse(value).href;
	if (value instanceof URL)
		return formatUrl(value, options);
	if (value === null || typeof value !== "object")
		throw argType("urlObject", "one of type object or string", value);
	const auth = value.auth ? `${encodeURIComponent(value.auth).replace(/%3A/i, ":")}@` : "";
	let protocol = value.protocol || "", host = "";
	if (value.host)
		host = auth + value.host;
	else if (value.hostname)
		host = auth + (value.hostname.includes(":") && !value.hostname.startsWith("[") ? `[${value.hostname}]` : value.hostname) + (value.port ? `:${value.port}` : "");
	const query = value.query !== null && typeof value.query === "object" ? require("querystring").stringify(value.query) : "";
	let search = value.search || (query && `?${query}`) || "", hash = value.hash || "";
	let pathname = (value.pathname || "").replace(/[?#]/g, (character) => encodeURIComponent(character));
	if (protocol && !protocol.endsWith(":"))
		protocol += ":";
	if (value.slashes || SLASHED.has(protocol)) {
		if (value.slashes || host !== "") {
			if (pathname && pathname[0] !== "/")
				pathname = `/${pathname}`;
			host = `//${host}`;
		} else if (protocol === "file:") {
			host = "//";
		}
	}
	search = search.replace("#", "%23");
	if (hash && hash[0] !== "#")
		hash = `#${hash}`;
	if (search && search[0] !== "?")
		search = `?${search}`;
	return protocol + host + pathname + search + hash;
}

// resolve ------------------------------------------------------------------------------

const partsOf = (pathname) => pathname ? pathname.split("/") : [];

// Takes the dots out of a path's parts; `above`: ".." that lead out of it stay.
function withoutDots(parts, above) {
	const out = [];
	let up = 0;
	for (const part of parts.reverse()) {
		if (part === "..")
			up++;
		else if (part !== "." && up > 0)
			up--;
		else if (part !== ".")
			out.unshift(part);
	}
	return above ? [...new Array(up).fill(".."), ...out] : out;
}

function finish(url) {
	url.path = url.pathname || url.search ? (url.pathname || "") + (url.search || "") : null;
	url.href = format(url);
	return url;
}

const copyOf = (url, from, keys) => {
	for (const key of keys)
		url[key] = from[key];
	return url;
};

// `given` has a protocol of its own.
function withProtocol(url, given) {
	if (!SLASHED.has(given.protocol))
		return finish(copyOf(url, given, KEYS));
	const { protocol, slashes } = url;
	copyOf(url, given, KEYS);
	url.slashes = given.slashes || slashes || SLASHED.has(protocol) || null;
	if (!given.host && given.protocol !== "file:") {
		const parts = partsOf(given.pathname);
		let host = "";
		while (parts.length > 0 && host === "")
			host = parts.shift();
		url.host = url.hostname = host;
		url.pathname = `/${parts.join("/").replace(/^\//, "")}`;
	}
	return finish(url);
}

// "user@host" that stood in front of a path.
function setHost(url, text) {
	const at = text.indexOf("@");
	if (at > 0)
		url.auth = text.slice(0, at);
	url.host = url.hostname = at > 0 ? text.slice(at + 1) : text;
}

// What replaces the path: where it starts (`rooted`), and the parts, the last of which may be a file.
function joinPaths(url, given, flat) {
	let base = partsOf(url.pathname), more = partsOf(given.pathname);
	let anchored = !!(given.host || given.pathname?.[0] === "/" || url.pathname?.[0] === "/" || (url.host && given.pathname));
	const above = !anchored, rooted = !!given.host || given.pathname?.[0] === "/";
	const putFirst = (parts, host) => {
		if (parts[0] === "")
			parts[0] = host;
		else
			parts.unshift(host);
	};
	if (flat) {
		if (url.host)
			putFirst(base, url.host);
		if (given.protocol && given.host)
			putFirst(more, given.host);
		url.host = url.hostname = "";
		url.port = null;
		anchored &&= more[0] === "" || base[0] === "";
	}
	if (rooted) {
		if (!flat && given.host)
			copyOf(url, given, ["host", "hostname"]);
		url.auth = given.auth ?? (given.host ? null : url.auth);
	} else if (more.length > 0) {
		base.pop();
		more = [...base, ...more];
	} else {
		more = base;
	}
	return { parts: more, anchored, above };
}

function resolveObject(from, to) {
	const base = from instanceof Url ? from : parse(from, false, true);
	const given = to instanceof Url ? to : parse(to, false, true);
	const url = copyOf(new Url(), base, KEYS);
	url.hash = given.hash;
	if (given.href === "") {
		url.href = format(url);
		return url;
	}
	if (given.slashes && !given.protocol) {
		copyOf(url, given, KEYS.filter((key) => key !== "protocol"));
		if (SLASHED.has(url.protocol) && url.hostname && !url.pathname)
			url.pathname = "/";
		return finish(url);
	}
	if (given.protocol && given.protocol !== base.protocol)
		return withProtocol(url, given);
	const flat = !!url.protocol && !SLASHED.has(url.protocol);
	const keepsPath = !given.host && !given.pathname;
	const { parts, anchored, above } = joinPaths(url, given, flat);
	if (!keepsPath || given.search !== null)
		copyOf(url, given, ["search", "query"]);
	if (keepsPath && given.search !== null) {
		if (flat)
			setHost(url, parts[0] ?? "");
		return finish(url);
	}
	if (parts.length === 0) {
		url.pathname = null;
		finish(url);
		return url;
	}
	return withPath(url, given, parts, { flat, anchored, above });
}

function withPath(url, given, parts, { flat, anchored, above }) {
	const last = parts[parts.length - 1];
	const folder = last === "" || ((last === "." || last === "..") && !!(url.host || given.host || parts.length > 1));
	let out = withoutDots(parts, above);
	if (anchored && out[0] !== "" && !out[0]?.startsWith("/"))
		out.unshift("");
	if (folder && !out.join("/").endsWith("/"))
		out.push("");
	const absolute = out[0] === "" || !!out[0]?.startsWith("/");
	if (flat)
		setHost(url, absolute ? "" : out.shift() ?? "");
	if ((anchored || (url.host && out.length > 0)) && !absolute)
		out = ["", ...out];
	url.pathname = out.length > 0 ? out.join("/") : null;
	url.auth = given.auth || url.auth;
	url.slashes = url.slashes || given.slashes;
	return finish(url);
}

function resolve(from, to) {
	return resolveObject(from, to).href;
}

// files --------------------------------------------------------------------------------

function fileURLToPath(url) {
	if (typeof url === "string")
		url = new URL(url);
	else if (url === null || typeof url !== "object" || !url.href || !url.protocol)
		throw argType("path", "of type string or an instance of URL", url);
	if (url.protocol !== "file:")
		throw coded(TypeError, "ERR_INVALID_URL_SCHEME", "The URL must be of scheme file");
	if (url.hostname !== "")
		throw coded(TypeError, "ERR_INVALID_FILE_URL_HOST", 'File URL host must be "localhost" or empty on linux');
	if (/%2f/i.test(url.pathname))
		throw coded(TypeError, "ERR_INVALID_FILE_URL_PATH", "File URL path must not include encoded / characters");
	return decodeURIComponent(url.pathname);
}

function pathToFileURL(path) {
	const { resolve: absolute } = require("path");
	if (typeof path !== "string")
		throw argType("path", "of type string", path);
	const made = new URL("file://");
	const text = absolute(path) + (path.endsWith("/") && !absolute(path).endsWith("/") ? "/" : "");
	made.pathname = text.replaceAll("%", "%25").replaceAll("\\", "%5C").replaceAll("\n", "%0A").replaceAll("\r", "%0D").replaceAll("\t", "%09");
	return made;
}

function urlToHttpOptions(url) {
	const { hostname, pathname, search, hash } = url;
	const out = { __proto__: null, protocol: url.protocol, hostname: hostname.startsWith("[") ? hostname.slice(1, -1) : hostname, hash, search, pathname,
		path: `${pathname}${search}`, href: url.href };
	if (url.port !== "")
		out.port = Number(url.port);
	if (url.username || url.password)
		out.auth = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
	return out;
}

module.exports = { Url, parse, resolve, resolveObject, format, fileURLToPath, pathToFileURL, urlToHttpOptions };
