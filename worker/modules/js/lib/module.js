// require: the core modules, and files, JSON and folders, as Node's documentation of CommonJS says.
"use strict";

const path = require("path");
const { coded, argType, argValue } = require("errors");
const { library, shared, SERVES } = require("internal");
const ahead = require("module/ahead");
const disk = require("module/disk");
const esModules = require("module/es_modules");
const { coreName, missingName, offeredName, refusal, requireCore } = require("module/names");
const { IS_PATH, asFile, asFolder, folders, resolve } = require("module/resolve");

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

// Which file a request is. What Node has and eddy has not may be a package.
function find(request, module, lookIn) {
	const missing = missingName(request);
	if (missing === undefined)
		return resolve(request, module, lookIn);
	try {
		return resolve(missing, module, lookIn);
	} catch (error) {
		if (error.requireStack !== undefined || error.code === "ERR_WORKER_SERVES")
			throw refusal(request, missing);
		throw error;
	}
}

function resolveFrom(request, module, paths) {
	if (!Array.isArray(paths))
		throw argValue("options.paths", paths);
	if (!IS_PATH.test(request))
		return find(request, module, paths.flatMap((at) => folders(path.resolve(at))));
	let fault;
	for (const at of paths) {
		try {
			return find(request, { path: path.resolve(at), filename: module.filename, parent: module.parent });
		} catch (error) {
			fault ??= error;
		}
	}
	throw fault ?? argValue("options.paths", paths, "must name a folder");
}

function checkRequest(request, name) {
	if (typeof request !== "string")
		throw argType(name, "of type string", request);
	if (request === "")
		throw argValue(name, request, "must be a non-empty string");
}

function makeRequire(module) {
	function require(request) {
		checkRequest(request, "id");
		const core = coreName(request);
		return core !== undefined ? requireCore(core) : loadFile(request, module);
	}
	require.resolve = (request, options) => {
		if (typeof request !== "string")
			throw argType("request", "of type string", request);
		if (coreName(request) !== undefined)
			return request;
		return options?.paths !== undefined ? resolveFrom(request, module, options.paths) : find(request, module);
	};
	require.resolve.paths = (request) => coreName(request) !== undefined ? null
		: /^\.{1,2}(\/|$)/.test(request) ? [module.path] : module.paths.slice();
	require.main = main;
	require.cache = cache;
	require.extensions = Object.assign(Object.create(null), { ".js": undefined, ".json": undefined, ".node": undefined });
	return require;
}

// Where what has been asked for was found, by folder and request: a running worker does not look for it again.
const known = new Map();

function findOnce(request, module) {
	const key = `${module.path}\0${request}`;
	const before = known.get(key);
	if (before !== undefined && (disk.serving() || cache[before] !== undefined))
		return before;
	const filename = find(request, module);
	if (!disk.serving())
		known.set(key, filename);
	return filename;
}

function loadFile(request, parent) {
	const filename = findOnce(request, parent);
	if (filename.startsWith("node:"))
		return requireCore(filename.slice(5));
	const cached = cache[filename];
	if (cached !== undefined) {
		if (!parent.children.includes(cached))
			parent.children.push(cached);
		return cached.exports;
	}
	return load(filename, parent).exports;
}

// What a file has thrown last while it was loaded, and which: what is no Error does not say where it comes from.
let thrown;
const whereThrown = (error) => thrown !== undefined && thrown.error === error ? thrown.filename : undefined;

function open(filename, parent) {
	const module = new Module(filename, parent);
	Object.defineProperty(module, "parent", { configurable: true, writable: true, value: parent ?? null });
	return module;
}

function load(filename, parent) {
	const module = open(filename, parent);
	if (parent === undefined) {
		main = module;
		module.id = ".";
		library("process").mainModule = module;
	}
	module.require = makeRequire(module);
	Object.defineProperty(module, "require", { enumerable: false });
	cache[filename] = module;
	try {
		loadText(module);
	} catch (error) {
		if (thrown === undefined || thrown.error !== error)
			thrown = { error, filename };
		delete cache[filename];
		if (parent)
			parent.children.splice(parent.children.indexOf(module), 1);
		throw error;
	}
	module.loaded = true;
	disk.release(filename);
	return module;
}

// The text of a script; undefined: it is JSON, which module.exports then has.
function readModule(module) {
	const { filename } = module;
	const extension = path.extname(filename);
	if (extension === ".node")
		throw coded(Error, "ERR_DLOPEN_FAILED", `${filename} is made for Node's engine: eddy loads no addons`);
	if (extension === ".json") {
		module.exports = disk.readJson(filename);
		return undefined;
	}
	esModules.check(module);
	const text = disk.readText(filename);
	return (text.charCodeAt(0) === 0xfeff ? text.slice(1) : text).replace(/^#!/, "//#!");
}

function loadText(module) {
	const text = readModule(module);
	if (text === undefined)
		return;
	if (!disk.serving())
		ahead.note(text, module);
	const body = compile(text, module.filename);
	body.call(module.exports, module.exports, module.require, module, module.filename, module.path);
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
			esModules.explain(text, error);
		}
		throw error;
	}
}

function findMain(name) {
	const filename = path.resolve(native.cwd(), name);
	const found = asFile(filename) ?? asFolder(filename, filename);
	if (found === undefined) {
		native.readFile(filename); // throws what is wrong with it
		throw coded(Error, "MODULE_NOT_FOUND", `${filename} is neither a script nor a folder with an index.js`);
	}
	return disk.realpath(found);
}

function loadMain(name) {
	const filename = findMain(name);
	library("process").argv.push(filename);
	load(filename, undefined);
}

// What a script exports, for who has to mend it: "nothing", "an object (handle, close)".
function exported(exports) {
	if (exports === null || typeof exports !== "object" || Object.getPrototypeOf(exports) !== Object.prototype)
		return `no function but ${library("inspect").inspect(exports, { depth: -1 })}`;
	const names = Object.keys(exports);
	return names.length === 0 ? "nothing" : `no function but an object (${names.slice(0, 5).join(", ")})`;
}

// Takes over what the script exports, if it is what the conf wants of it.
function mount() {
	const { filename, exports } = main;
	const [route, listen] = native.mounts();
	if (typeof exports === "function") {
		library("http/server").setHandler(exports);
		shared[SERVES] = 1;
	} else if (route !== undefined) {
		throw new Error(`${filename} exports ${exported(exports)}, and route "${route}" is to be served by it: ` +
			"say module.exports = (req, res) => { … }");
	}
	if (exports && typeof exports.connection === "function")
		library("net").setHandler(exports.connection);
	else if (listen !== undefined)
		throw new Error(`${filename} exports no function connection, and listen "${listen}" is to be served by it: ` +
			"say module.exports.connection = (socket) => { … }");
}

// process.getBuiltinModule: undefined for what is not offered, too.
function builtin(request) {
	if (typeof request !== "string")
		throw argType("id", "of type string", request);
	const name = offeredName(request);
	return name !== undefined ? requireCore(name) : undefined;
}

// The script has been loaded, and what it has queued has run. From now on no file is read.
function takeOver() {
	mount();
	ahead.readAhead({
		resolve: (request, from) => coreName(request) === undefined ? findOnce(request, from) : undefined,
		fileModule: (filename) => ({ filename, path: path.dirname(filename), paths: folders(path.dirname(filename)) }),
		isLoaded: (filename) => cache[filename] !== undefined || filename.startsWith("node:"),
	});
	disk.leave();
}

// For eddyd -t: the text of a file of the script's, which has to be one, but does not run; undefined: it is JSON.
function parse(module) {
	const text = readModule(module);
	if (text !== undefined)
		compile(text, module.filename);
	return text;
}

// The file that a request is; undefined: it is a core module.
function findFile(request, from) {
	const filename = coreName(request) === undefined ? find(request, from) : "node:";
	return filename.startsWith("node:") ? undefined : filename;
}

module.exports = { loadMain, takeOver, whereThrown, builtin, findMain, findFile, open, parse };
