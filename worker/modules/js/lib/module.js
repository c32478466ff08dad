// require: the core modules, and files, JSON and folders, as Node's documentation of CommonJS says.
"use strict";

const path = require("path");
const { coded } = require("errors");
const { library, shared, SERVES } = require("internal");

const CORE = new Set([
	"assert", "assert/strict", "buffer", "console",
	"dns", "dns/promises", "eddy", "events", "fs", "fs/promises",
	"http", "net", "os", "path", "path/posix",
	"process", "querystring",
	"stream", "stream/consumers", "stream/promises", "string_decoder",
	"timers", "timers/promises", "url", "util", "util/types",
]);
// Modules of Node's that are not offered: a sentence says so, where "cannot find" would send people
// to look for a package.
const NOT_OFFERED = new Set(["async_hooks", "child_process", "cluster", "constants", "crypto", "dgram",
	"diagnostics_channel", "domain", "http2", "https",
	"inspector", "inspector/promises", "module", "path/win32", "perf_hooks", "punycode", "readline",
	"readline/promises", "repl", "stream/web", "sys", "tls", "trace_events", "tty",
	"v8", "vm", "wasi", "worker_threads", "zlib", "test", "test/reporters", "sea"]);
const FILE = 1, FOLDER = 2;
const EXTENSIONS = [".js", ".json"];

const cache = Object.create(null);
let main;

function Module(id, parent) {
	this.id = id;
	this.path = path.dirname(id);
	this.exports = {};
	this.filename = id;
	this.loaded = false;
	this.children = [];
	this.paths = folders(this.path);
	if (parent)
		parent.children.push(this);
}

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

function asFile(name) {
	if (native.stat(name) === FILE)
		return name;
	for (const extension of EXTENSIONS)
		if (native.stat(name + extension) === FILE)
			return name + extension;
	return undefined;
}

function asIndex(name) {
	for (const extension of EXTENSIONS) {
		const file = path.join(name, "index" + extension);
		if (native.stat(file) === FILE)
			return file;
	}
	return undefined;
}

function readJson(file) {
	let text = native.readFile(file);
	if (text.charCodeAt(0) === 0xfeff)
		text = text.slice(1);
	try {
		return JSON.parse(text);
	} catch (error) {
		const place = require("json_place")(text);
		for (const [name, value] of Object.entries({ sourceURL: file, ...place }))
			Object.defineProperty(error, name, { configurable: true, writable: true, value });
		error.message = `${file}: ${error.message}`;
		throw error;
	}
}

function asFolder(name) {
	if (native.stat(name) !== FOLDER)
		return undefined;
	const description = path.join(name, "package.json");
	if (native.stat(description) === FILE) {
		const { main: entry } = readJson(description);
		if (typeof entry === "string" && entry !== "") {
			const file = path.resolve(name, entry);
			const found = asFile(file) ?? asIndex(file);
			if (found !== undefined)
				return found;
		}
	}
	return asIndex(name);
}

function notFound(request, parent) {
	const from = [];
	for (let at = parent; at; at = at.parent)
		from.push(at.filename);
	const said = `Cannot find module '${request}'` +
		(from.length > 0 ? `\nRequire stack:\n- ${from.join("\n- ")}` : "");
	const error = coded(Error, "MODULE_NOT_FOUND", said);
	error.requireStack = from;
	return error;
}

// What to use in place of some.
const INSTEAD = {
	__proto__: null,
	cluster: "The conf says how many workers there are, they share all servers, and require('eddy') sends " +
		"messages between them",
	worker_threads: "The conf says how many workers there are",
	https: "A proxy in front has TLS",
	tls: "A proxy in front has TLS",
};

function notOffered(request, name) {
	const has = [...CORE].filter((known) => !known.includes("/")).join(", ");
	const error = coded(Error, "MODULE_NOT_FOUND",
		`Cannot find module '${request}': it is one of Node's that eddy does not offer. ` +
		(INSTEAD[name] ?? `It has ${has}`));
	error.requireStack = [];
	return error;
}

// The core module's name, or undefined for what is a file.
function coreName(request) {
	const name = request.startsWith("node:") ? request.slice(5) : request;
	if (CORE.has(name) && request !== "node:eddy")
		return name;
	if (NOT_OFFERED.has(name))
		throw notOffered(request, name);
	if (name !== request)
		throw coded(Error, "ERR_UNKNOWN_BUILTIN_MODULE", `No such built-in module: ${request}`);
	return undefined;
}

function resolve(request, parent, lookIn = parent.paths) {
	let found;
	if (/^(\.{0,2}\/|\.{1,2}$)/.test(request)) {
		const name = path.resolve(parent.path, request);
		if (!request.endsWith("/"))
			found = asFile(name);
		found ??= asFolder(name);
	} else {
		for (const folder of lookIn) {
			if (native.stat(folder) !== FOLDER)
				continue;
			const name = path.join(folder, request);
			found = asFile(name) ?? asFolder(name);
			if (found !== undefined)
				break;
		}
	}
	if (found === undefined)
		throw notFound(request, parent);
	return native.realpath(found);
}

function requireCore(name) {
	if (name === "console" || name === "process")
		return globalThis[name];
	if (name === "assert/strict")
		return library("assert").strict;
	return library(name === "path/posix" ? "path" : name);
}

function makeRequire(module) {
	function require(request) {
		if (typeof request !== "string")
			throw library("errors").argType("id", "of type string", request);
		if (request === "")
			throw library("errors").argValue("id", request, "must be a non-empty string");
		const core = coreName(request);
		return core !== undefined ? requireCore(core) : loadFile(request, module);
	}
	require.resolve = (request, options) => {
		const core = coreName(request);
		if (core !== undefined)
			return request;
		if (options && options.paths)
			return resolve(request, { path: path.resolve(options.paths[0]), filename: module.filename },
				options.paths.flatMap((at) => folders(path.resolve(at))));
		return resolve(request, module);
	};
	require.resolve.paths = (request) => coreName(request) !== undefined ? null
		: /^\.{1,2}(\/|$)/.test(request) ? [module.path] : module.paths.slice();
	require.main = main;
	require.cache = cache;
	require.extensions = Object.assign(Object.create(null), { ".js": undefined, ".json": undefined });
	return require;
}

// What a running worker asks for again comes from the cache by the name it was asked for: nothing
// is looked for on a disk.
const known = new Map();

function loadFile(request, parent) {
	const key = `${parent.path}\0${request}`;
	const before = known.get(key);
	const filename = before !== undefined && cache[before] ? before : resolve(request, parent);
	known.set(key, filename);
	const cached = cache[filename];
	if (cached !== undefined) {
		if (!parent.children.includes(cached))
			parent.children.push(cached);
		return cached.exports;
	}
	return load(filename, parent).exports;
}

function load(filename, parent) {
	const module = new Module(filename, parent);
	Object.defineProperty(module, "parent", { configurable: true, writable: true, value: parent ?? null });
	if (parent === undefined) {
		main = module;
		module.id = ".";
		library("process").mainModule = module;
	}
	module.require = makeRequire(module);
	Object.defineProperty(module, "require", { enumerable: false });
	cache[filename] = module;
	try {
		if (filename.endsWith(".json"))
			module.exports = readJson(filename);
		else
			run(module);
	} catch (error) {
		delete cache[filename];
		if (parent)
			parent.children.splice(parent.children.indexOf(module), 1);
		throw error;
	}
	module.loaded = true;
	return module;
}

function compile(text, filename) {
	try {
		return native.compile(text, filename);
	} catch (error) {
		if (error instanceof SyntaxError) {
			const column = require("syntax_place")(text, error);
			Object.defineProperty(error, "column", { configurable: true, writable: true, value: column });
			if (error.message === "Parser error") // the engine knows no better of a bracket too many
				error.message = `Unexpected token '${text.split("\n")[error.line - 1][column - 1]}'`;
		}
		throw error;
	}
}

function run(module) {
	let text = native.readFile(module.filename);
	if (text.charCodeAt(0) === 0xfeff)
		text = text.slice(1);
	if (text.startsWith("#!"))
		text = "//" + text;
	const body = compile(text, module.filename);
	body.call(module.exports, module.exports, module.require, module, module.filename, module.path);
}

function loadMain(name) {
	const filename = path.resolve(native.cwd(), name);
	const found = asFile(filename) ?? asFolder(filename);
	if (found === undefined) {
		native.readFile(filename); // throws what is wrong with it
		throw coded(Error, "MODULE_NOT_FOUND", `${filename} is neither a script nor a folder with an index.js`);
	}
	const process = library("process");
	process.argv.push(native.realpath(found));
	const { exports } = load(native.realpath(found), undefined);
	if (typeof exports === "function") {
		library("http/server").setHandler(exports);
		shared[SERVES] = 1;
	}
	if (exports && typeof exports.connection === "function")
		library("net").setHandler(exports.connection);
}

// process.getBuiltinModule: undefined for what is not offered, too.
function builtin(request) {
	if (typeof request !== "string")
		throw library("errors").argType("id", "of type string", request);
	const name = request.startsWith("node:") ? request.slice(5) : request;
	return CORE.has(name) ? requireCore(name) : undefined;
}

module.exports = { loadMain, builtin };
