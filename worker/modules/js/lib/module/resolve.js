// Which file a request is, as Node's documentation of CommonJS says.
"use strict";

const path = require("path");
const { coded } = require("errors");
const disk = require("module/disk");
const packages = require("module/packages");
const { coreName } = require("module/names");

const EXTENSIONS = [".js", ".json", ".node"];
const IS_PATH = /^(\.{0,2}\/|\.{1,2}$)/;
const IS_FOLDER = /(^|\/)\.{0,2}$/;

// The node_modules that are looked into, from a folder upwards.
function folders(from) {
	const list = [];
	for (let at = from; ; at = path.dirname(at)) {
		if (path.basename(at) !== "node_modules")
			list.push(path.join(at, "node_modules"));
		if (at === "/")
			return list;
	}
}

function withExtension(name) {
	for (const extension of EXTENSIONS)
		if (disk.kind(name + extension) === disk.FILE)
			return name + extension;
	return undefined;
}

function asFile(name) {
	return disk.kind(name) === disk.FILE ? name : withExtension(name);
}

function asIndex(name) {
	return withExtension(path.join(name, "index"));
}

function asFolder(name, request) {
	if (disk.kind(name) !== disk.FOLDER)
		return undefined;
	const description = disk.description(name);
	const entry = description?.main;
	if (typeof entry !== "string" || entry === "")
		return asIndex(name);
	const file = path.resolve(name, entry);
	const found = asFile(file) ?? asIndex(file) ?? asIndex(name);
	if (found !== undefined)
		return found;
	const error = coded(Error, "MODULE_NOT_FOUND",
		`Cannot find module '${file}'. Please verify that the package.json has a valid "main" entry`);
	error.path = description.file;
	error.requestPath = request;
	throw error;
}

function notFound(request, from) {
	const stack = [];
	for (let at = from; at; at = at.parent)
		stack.push(at.filename);
	const error = coded(Error, "MODULE_NOT_FOUND", `Cannot find module '${request}'` +
		(stack.length > 0 ? `\nRequire stack:\n- ${stack.join("\n- ")}` : ""));
	error.requireStack = stack;
	return error;
}

function located(name, request) {
	return (IS_FOLDER.test(request) ? undefined : asFile(name)) ?? asFolder(name, request);
}

function inPackages(request, lookIn, base) {
	for (const folder of lookIn) {
		if (disk.kind(folder) !== disk.FOLDER)
			continue;
		const found = packages.inFolder(folder, request, base) ?? located(path.join(folder, request), request);
		if (found !== undefined)
			return found;
	}
	return undefined;
}

// What a request of "imports" leads to outside of its package: a core module stays a name.
function bare(name, request, pkg) {
	const core = coreName(name);
	if (core !== undefined)
		return `node:${core}`;
	const found = inPackages(name, folders(pkg.folder), pkg.file);
	if (found === undefined)
		throw coded(Error, "MODULE_NOT_FOUND", `Cannot find module '${request}'`);
	return found;
}

function lookUp(request, from, lookIn) {
	if (IS_PATH.test(request))
		return located(path.resolve(from.path, request), request);
	return (request.startsWith("#") ? packages.imported(request, from, bare) : undefined) ??
		packages.ofItself(request, from) ?? inPackages(request, lookIn);
}

// The file's path, or "node:" and a core module's name. `from` is the module that asks.
function resolve(request, from, lookIn = from.paths) {
	let found, fault;
	disk.ask();
	try {
		found = lookUp(request, from, lookIn);
	} catch (error) {
		fault = error;
	}
	if (found !== undefined)
		return found.startsWith("node:") ? found : disk.realpath(found);
	const missed = disk.missedPath();
	if (missed !== undefined)
		throw coded(Error, "ERR_WORKER_SERVES", `Cannot find module '${request}': ${disk.notRead(missed)}`);
	throw fault ?? notFound(request, from);
}

module.exports = { IS_PATH, folders, asFile, asFolder, resolve };
