// The fields "exports" and "imports" of a package.json, as Node's documentation of packages says: which file a name
// inside a package is, and which names it keeps to itself.
"use strict";

const path = require("path");
const { coded } = require("errors");
const disk = require("module/disk");

const CONDITIONS = new Set(["node", "require", "default"]);
const PACKAGE = /^(@[^/\\%]+\/)?[^./\\%][^/\\%]*(?=\/|$)/;

// What is asked for: the package, the name inside of it, whose file asks (for what is said), and whether it is
// one of "imports".
function asking(pkg, subpath, base, isImport) {
	return { pkg, subpath, field: isImport ? "imports" : "exports", isImport, base,
		from: base === undefined ? "" : ` imported from ${base}` };
}

function notDefined(asked) {
	const { pkg, subpath, from } = asked;
	if (asked.isImport)
		return coded(TypeError, "ERR_PACKAGE_IMPORT_NOT_DEFINED",
			`Package import specifier "${subpath}" is not defined in package ${pkg.file}${from}`);
	return coded(Error, "ERR_PACKAGE_PATH_NOT_EXPORTED", subpath === "."
		? `No "exports" main defined in ${pkg.file}${from}`
		: `Package subpath '${subpath}' is not defined by "exports" in ${pkg.file}${from}`);
}

function badTarget(asked, key, target) {
	const text = JSON.stringify(target !== null && typeof target === "object" ? JSON.stringify(target) : `${target}`);
	const what = key === "." && !asked.isImport ? `Invalid "exports" main target ${text} defined`
		: `Invalid "${asked.field}" target ${text} defined for '${key}'`;
	return coded(Error, "ERR_INVALID_PACKAGE_TARGET", `${what} in the package config ${asked.pkg.file}${asked.from}` +
		(!asked.isImport && target !== "" && !`${target}`.startsWith("./") ? "; targets must start with \"./\"" : ""));
}

function badSpecifier(asked, reason, name = asked.subpath) {
	return coded(TypeError, "ERR_INVALID_MODULE_SPECIFIER", `Invalid module "${name}" ${reason}${asked.from}`);
}

function badConfig(asked, reason) {
	const who = asked.base === undefined ? "" : ` while importing file://${asked.base}`;
	return coded(Error, "ERR_INVALID_PACKAGE_CONFIG", `Invalid package config ${asked.pkg.file}${who}. ${reason}`);
}

function decoded(text) {
	try {
		return decodeURIComponent(text);
	} catch {
		return text;
	}
}

// Would a name lead out of its package?
function leavesPackage(name) {
	return name.split(/[\\/]/).some((part) => /^(\.{1,2}|node_modules)$/i.test(decoded(part)));
}

function textTarget(asked, key, target, match, bare) {
	const { pkg } = asked;
	if (!target.startsWith("./")) {
		if (!asked.isImport || /^(\.\.?\/|\/)/.test(target) || /^(?!node:)[a-z][a-z0-9+.-]*:/i.test(target))
			throw badTarget(asked, key, target);
		return bare(match === null ? target : target.replaceAll("*", () => match));
	}
	if (leavesPackage(target.slice(2)))
		throw badTarget(asked, key, target);
	if (match !== null && leavesPackage(match))
		throw badSpecifier(asked,
			`request is not a valid match in pattern "${key}" for the "${asked.field}" resolution of ${pkg.file}`);
	const name = match === null ? target : target.replaceAll("*", () => match);
	const folder = pkg.folder === "/" ? "" : pkg.folder;
	if (/%2f|%5c/i.test(name))
		throw badSpecifier(asked, "must not include encoded \"/\" or \"\\\" characters",
			`file://${folder}/${name.slice(2)}`);
	return `${folder}/${decoded(name.slice(2))}`;
}

// The first that leads to anything; what it throws last if none does.
function listTarget(asked, key, list, match, bare) {
	let fault, found = null;
	for (const target of list) {
		try {
			found = targetOf(asked, key, target, match, bare);
			fault = undefined;
		} catch (error) {
			if (error.code !== "ERR_INVALID_PACKAGE_TARGET")
				throw error;
			fault = error;
			continue;
		}
		if (found !== undefined && found !== null)
			return found;
	}
	if (fault !== undefined)
		throw fault;
	return found;
}

function conditionTarget(asked, key, conditions, match, bare) {
	if (Object.keys(conditions).some((name) => /^(0|[1-9]\d*)$/.test(name)))
		throw badConfig(asked, `"${asked.field}" cannot contain numeric property keys.`);
	for (const [condition, target] of Object.entries(conditions)) {
		if (!CONDITIONS.has(condition))
			continue;
		const found = targetOf(asked, key, target, match, bare);
		if (found !== undefined)
			return found;
	}
	return undefined;
}

// The file that a target is; null: the name is kept back, undefined: no condition holds.
function targetOf(asked, key, target, match, bare) {
	if (typeof target === "string")
		return textTarget(asked, key, target, match, bare);
	if (Array.isArray(target))
		return listTarget(asked, key, target, match, bare);
	if (target === null)
		return null;
	if (typeof target === "object")
		return conditionTarget(asked, key, target, match, bare);
	throw badTarget(asked, key, target);
}

// Which of two patterns says more of a name: the one whose text before the * is longer, then the longer one.
function saysMore(a, b) {
	return a.indexOf("*") - b.indexOf("*") || a.length - b.length;
}

function patternFor(name, keys) {
	let best;
	for (const key of keys) {
		const star = key.indexOf("*");
		if (star < 0 || star !== key.lastIndexOf("*") || name.length < key.length ||
				!name.startsWith(key.slice(0, star)) || !name.endsWith(key.slice(star + 1)))
			continue;
		if (best === undefined || saysMore(key, best) > 0)
			best = key;
	}
	return best;
}

function entryOf(asked, entries, bare) {
	const name = asked.subpath;
	let key = name, match = null;
	if (!Object.hasOwn(entries, name) || name.includes("*") || name.endsWith("/")) {
		key = patternFor(name, Object.keys(entries));
		if (key === undefined)
			return undefined;
		const star = key.indexOf("*");
		match = name.slice(star, name.length - (key.length - star - 1));
	}
	return targetOf(asked, key, entries[key], match, bare);
}

// "exports" may be the target of the package's own name alone.
function entriesOf(asked, field) {
	if (typeof field === "string" || Array.isArray(field))
		return { ".": field };
	if (typeof field !== "object")
		return {};
	const keys = Object.keys(field), dotted = keys.filter((key) => key.startsWith("."));
	if (dotted.length > 0 && dotted.length < keys.length)
		throw badConfig(asked, "\"exports\" cannot contain some keys starting with '.' and some not. The exports object " +
			"must either be an object of package subpath keys or an object of main entry condition name keys only.");
	return dotted.length === 0 ? { ".": field } : field;
}

function existing(asked, file) {
	if (disk.kind(file) === disk.FILE)
		return file;
	const error = coded(Error, "MODULE_NOT_FOUND", `Cannot find module '${file}'`);
	error.path = asked.pkg.file;
	throw error;
}

function exported(asked) {
	const found = entryOf(asked, entriesOf(asked, asked.pkg.exports));
	if (found === undefined || found === null)
		throw notDefined(asked);
	return existing(asked, found);
}

// The package.json that a folder's files are under.
function scopeOf(folder) {
	for (let at = folder; path.basename(at) !== "node_modules"; at = path.dirname(at)) {
		const found = disk.description(at);
		if (found !== undefined || at === "/")
			return found;
	}
	return undefined;
}

// A file of a package in that node_modules which has "exports"; undefined: it has none. `base`: who asks, for what is
// said.
function inFolder(folder, request, base) {
	const name = PACKAGE.exec(request)?.[0];
	const pkg = name === undefined ? undefined : disk.description(path.join(folder, name));
	if (pkg === undefined || pkg.exports === undefined || pkg.exports === null)
		return undefined;
	return exported(asking(pkg, `.${request.slice(name.length)}`, base));
}

// A file of the package that asks, by the package's own name; undefined: it has another.
function ofItself(request, from) {
	const pkg = scopeOf(from.path);
	if (pkg === undefined || pkg.exports === undefined || pkg.exports === null || typeof pkg.name !== "string" ||
			!(request === pkg.name || request.startsWith(`${pkg.name}/`)))
		return undefined;
	return exported(asking(pkg, `.${request.slice(pkg.name.length)}`, from.filename));
}

// A name that begins with #. bare(name, request, pkg) resolves a name that is another package's. Undefined: the
// package that asks has no "imports".
function imported(request, from, bare) {
	const pkg = scopeOf(from.path);
	if (pkg === undefined || pkg.imports === undefined || pkg.imports === null)
		return undefined;
	const asked = asking(pkg, request, from.filename, true);
	if (request === "#" || request.startsWith("#/"))
		throw badSpecifier(asked, "is not a valid internal imports specifier name");
	const bareFound = new Set();
	const found = entryOf(asked, pkg.imports, (name) => {
		const file = bare(name, request, pkg);
		bareFound.add(file);
		return file;
	});
	if (found === undefined || found === null)
		throw notDefined(asked);
	return bareFound.has(found) ? found : existing(asked, found);
}

module.exports = { inFolder, ofItself, imported, scopeOf };
