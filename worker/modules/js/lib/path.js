// path, of POSIX. That of Windows is path/win32.
"use strict";

const { lazily } = require("internal");
const { argType } = require("errors");
const { check, squeeze, countSame } = require("path/parts");

function normalize(path) {
	check(path, "path");
	if (path === "")
		return ".";
	const absolute = path[0] === "/", folder = path.endsWith("/");
	let text = squeeze(path, absolute);
	if (text === "") {
		if (absolute)
			return "/";
		return folder ? "./" : ".";
	}
	if (folder)
		text += "/";
	return absolute ? "/" + text : text;
}

function isAbsolute(path) {
	check(path, "path");
	return path[0] === "/";
}

function join(...parts) {
	for (const part of parts)
		check(part, "path");
	const text = parts.filter((part) => part !== "").join("/");
	return text === "" ? "." : normalize(text);
}

function resolve(...parts) {
	let text = "";
	for (let i = parts.length - 1; i >= 0 && text[0] !== "/"; i--) {
		check(parts[i], `paths[${i}]`);
		if (parts[i] !== "")
			text = text === "" ? parts[i] : `${parts[i]}/${text}`;
	}
	if (text[0] !== "/")
		text = `${native.cwd()}/${text}`;
	return "/" + squeeze(text, true);
}

function relative(from, to) {
	check(from, "from");
	check(to, "to");
	const a = resolve(from).split("/").filter(Boolean), b = resolve(to).split("/").filter(Boolean);
	const same = countSame(a, b);
	return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("/");
}

// Without the slashes at its end; `least` characters stay. A regular expression that ends with `$` would begin anew at
// each of many slashes that stand before something else.
function unslashed(path, least) {
	let end = path.length;
	while (end > least && path[end - 1] === "/")
		end--;
	return path.slice(0, end);
}

function dirname(path) {
	check(path, "path");
	if (path === "")
		return ".";
	const text = unslashed(path, 1);
	const at = text.lastIndexOf("/");
	if (at < 0)
		return ".";
	if (at === 0)
		return "/";
	if (at === 1 && text[0] === "/")
		return "//";
	return text.slice(0, at);
}

function basename(path, suffix) {
	if (suffix !== undefined)
		check(suffix, "suffix");
	check(path, "path");
	if (suffix !== undefined && suffix === path)
		return "";
	const text = unslashed(path, 0);
	const base = text.slice(text.lastIndexOf("/") + 1);
	// What a longer suffix ends with is not looked at further: slashes behind it stay.
	if (suffix !== undefined && suffix.length <= path.length && suffix.length > base.length && suffix.endsWith(base))
		return path.slice(text.length - base.length);
	if (suffix !== undefined && suffix !== base && base.endsWith(suffix))
		return base.slice(0, base.length - suffix.length);
	return base;
}

function extname(path) {
	check(path, "path");
	const base = basename(path);
	const dot = base.lastIndexOf(".");
	return dot <= 0 || base === ".." ? "" : base.slice(dot);
}

function parse(path) {
	check(path, "path");
	if (path === "/..")
		return { root: "/", dir: "/", base: "..", ext: ".", name: "." };
	const root = path[0] === "/" ? "/" : "";
	const base = basename(path), ext = extname(path), text = unslashed(path, 1);
	const at = text.lastIndexOf("/");
	const dir = at < 0 ? "" : at === 0 ? root : text.slice(0, at);
	return { root, dir, base, ext, name: ext === "" ? base : base.slice(0, -ext.length) };
}

function format(parts) {
	if (parts === null || typeof parts !== "object" || Array.isArray(parts))
		throw argType("pathObject", "of type object", parts);
	const dir = parts.dir || parts.root;
	const ext = parts.ext ? (parts.ext[0] === "." ? "" : ".") + parts.ext : "";
	const base = parts.base || `${parts.name || ""}${ext}`;
	if (!dir)
		return base;
	return dir === parts.root ? `${dir}${base}` : `${dir}/${base}`;
}

module.exports = { resolve, normalize, isAbsolute, join, relative, toNamespacedPath: (path) => path,
	dirname, basename, extname, format, parse, sep: "/", delimiter: ":", posix: null };
module.exports.posix = module.exports;
lazily(module.exports, "win32", () => require("path/win32"));
