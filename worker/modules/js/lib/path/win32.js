// path.win32: what path does with the paths of Windows, which have drives, shares, and separators of two kinds.
"use strict";

const posix = require("path");
const { check, squeeze: squeezeSlashed, countSame } = require("path/parts");

const SHARE = /^[\\/]{2}([^\\/]+)[\\/]+([^\\/]+)/;
const DRIVE = /^[A-Za-z]:/;

const isSeparator = (letter) => letter === "/" || letter === "\\";
const slashed = (text) => text.replaceAll("\\", "/");

// What a path begins with: its drive or share, whether it starts at the root of that, and how long all of this is.
function rootOf(path) {
	const share = SHARE.exec(path);
	if (share !== null)
		return { device: `\\\\${share[1]}\\${share[2]}`, absolute: true, length: share[0].length };
	if (DRIVE.test(path)) {
		const absolute = isSeparator(path[2]);
		return { device: path.slice(0, 2), absolute, length: absolute ? 3 : 2 };
	}
	const absolute = isSeparator(path[0]);
	return { device: "", absolute, length: absolute ? 1 : 0 };
}

const squeeze = (text, absolute) => squeezeSlashed(slashed(text), absolute).replaceAll("/", "\\");

function normalize(path) {
	check(path, "path");
	if (path.length <= 1)
		return path === "" ? "." : isSeparator(path) ? "\\" : path;
	const { device, absolute, length } = rootOf(path);
	let text = squeeze(path.slice(length), absolute);
	if (text === "" && !absolute)
		text = ".";
	if (text !== "" && isSeparator(path[path.length - 1]))
		text += "\\";
	if (length === 0 && (DRIVE.test(text) || /:([\\/]|$)/.test(path)))
		return `.\\${text}`; // a drive in the midst of a path does not become where that begins
	return device + (absolute ? "\\" : "") + text;
}

function isAbsolute(path) {
	check(path, "path");
	return rootOf(path).absolute;
}

// Only a first part that is a share by itself makes one.
function join(...parts) {
	for (const part of parts)
		check(part, "path");
	const some = parts.filter((part) => part !== ""), text = some.join("\\");
	if (text === "")
		return ".";
	return normalize(/^[\\/]{2}[^\\/]/.test(some[0]) ? text : text.replace(/^[\\/]{2,}/, "\\"));
}

// Where a drive is at: Windows has that in variables with odd names.
function folderOf(device) {
	if (device === "")
		return native.cwd();
	const folder = process.env[`=${device}`] || native.cwd();
	return folder.slice(0, 2).toLowerCase() !== device.toLowerCase() && folder[2] === "\\" ? `${device}\\` : folder;
}

function resolve(...parts) {
	let device = "", tail = "", absolute = false;
	for (let i = parts.length - 1; i >= -1 && !(absolute && device !== ""); i--) {
		const path = i >= 0 ? parts[i] : folderOf(device);
		check(path, `paths[${i}]`);
		const root = rootOf(path);
		if (path === "" || (root.device !== "" && device !== "" && root.device.toLowerCase() !== device.toLowerCase()))
			continue;
		device ||= root.device;
		if (absolute)
			continue;
		tail = `${path.slice(root.length)}\\${tail}`;
		({ absolute } = root);
	}
	return `${device}${absolute ? "\\" : ""}${squeeze(tail, absolute)}` || ".";
}

function relative(from, to) {
	check(from, "from");
	check(to, "to");
	const goal = resolve(to);
	const parts = (path) => path.split("\\").filter((part) => part !== "");
	const a = parts(resolve(from)), b = parts(goal);
	const lower = (list) => list.map((part) => part.toLowerCase()), same = countSame(lower(a), lower(b));
	if (same === 0 && a.length > 0 && b.length > 0)
		return goal;
	return [...a.slice(same).map(() => ".."), ...b.slice(same)].join("\\");
}

function toNamespacedPath(path) {
	if (typeof path !== "string" || path === "")
		return path;
	const full = resolve(path);
	if (/^\\\\[^?.]/.test(full))
		return `\\\\?\\UNC\\${full.slice(2)}`;
	return full.length <= 2 ? path : /^[A-Za-z]:\\/.test(full) ? `\\\\?\\${full}` : full;
}

// How much of a path is its root, with the separator behind a share.
function rootLength(path) {
	const { length } = rootOf(path);
	return SHARE.test(path) && length < path.length ? length + 1 : length;
}

function dirname(path) {
	check(path, "path");
	const root = rootLength(path);
	let end = path.length;
	while (end > root && isSeparator(path[end - 1]))
		end--;
	while (end > root && !isSeparator(path[end - 1]))
		end--;
	return end > root ? path.slice(0, end - 1) : path.slice(0, root) || ".";
}

const undriven = (path) => DRIVE.test(path) ? path.slice(2) : path;

function basename(path, suffix) {
	if (suffix !== undefined)
		check(suffix, "suffix");
	check(path, "path");
	if (suffix !== undefined && suffix === path)
		return "";
	const text = undriven(path), base = posix.basename(slashed(text), suffix);
	return base.includes("/") ? text.slice(-base.length) : base; // of nothing but separators: those that were there
}

function extname(path) {
	check(path, "path");
	return posix.extname(slashed(undriven(path)));
}

function parse(path) {
	check(path, "path");
	const length = rootLength(path), root = path.slice(0, length), rest = slashed(path.slice(length));
	const base = posix.basename(rest), ext = posix.extname(rest);
	let end = path.length;
	while (end > length && isSeparator(path[end - 1]))
		end--;
	const at = end - base.length;
	return { root, dir: at > length ? path.slice(0, at - 1) : root, base, ext, name: ext === "" ? base : base.slice(0, -ext.length) };
}

function format(parts) {
	if (parts !== null && typeof parts === "object" && !Array.isArray(parts)) {
		const dir = parts.dir || parts.root, base = posix.format({ base: parts.base, name: parts.name, ext: parts.ext });
		return !dir ? base : dir === parts.root ? `${dir}${base}` : `${dir}\\${base}`;
	}
	return posix.format(parts);
}

module.exports = { resolve, normalize, isAbsolute, join, relative, toNamespacedPath, dirname, basename, extname, format,
	parse, sep: "\\", delimiter: ";", win32: null, posix };
module.exports.win32 = module.exports;
