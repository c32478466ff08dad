// The parser of the URL Standard: a text to a record of its parts, and back.
"use strict";

const { C0, FRAGMENT, QUERY, SPECIAL_QUERY, PATH, USERINFO, percent } = require("url/percent");
const { parseHost } = require("url/host");

const SPECIAL = { __proto__: null, "http:": 80, "https:": 443, "ws:": 80, "wss:": 443, "ftp:": 21, "file:": null };

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

module.exports = { SPECIAL, parseUrl, parsePath, setPort, pathOf, serialized };
