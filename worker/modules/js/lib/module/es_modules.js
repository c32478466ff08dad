// ES modules are not offered. Where a script is one, or has something of one, this says so in place of the engine,
// which only sees a word that it does not expect.
"use strict";

const path = require("path");
const { coded } = require("errors");
const packages = require("module/packages");

const SAID = "eddy does not offer ES modules: use require() and module.exports";

// By what the engine says: Node's words, and the word that the fault is about.
const FAULTS = [
	[/import call expects/, "Cannot use import statement outside a module", "import"],
	[/^Unexpected keyword 'export'/, "Unexpected token 'export'", "export"],
	[/^import\.meta is only valid inside modules/, "Cannot use 'import.meta' outside a module", "import"],
];
const AWAIT = "await is only valid in async functions and the top level bodies of modules";

// Where `word` stands last before a column, from 1.
const columnOf = (line, word, column) => line.lastIndexOf(word, column - 1) + 1 || column;

// Says in a SyntaxError that its text is an ES module, if it is one.
function explain(text, error) {
	const line = text.split("\n")[error.line - 1] ?? "";
	const fault = FAULTS.find(([said]) => said.test(error.message));
	if (fault !== undefined) {
		error.message = `${fault[1]}: ${SAID}`;
		error.column = columnOf(line, fault[2], error.column);
	} else if (/\bawait\b/.test(line) && native.syntaxFault(`(async function () {${text}\n})`, false) === undefined) {
		error.message = `${AWAIT}: ${SAID}`;
		error.column = columnOf(line, "await", error.column);
	}
}

// The package.json that says that a script is an ES module; undefined: none does. One that cannot be read says nothing
// of it: whether that is a fault is not this one's to tell.
function saying(module) {
	try {
		const scope = packages.scopeOf(module.path);
		return scope?.type === "module" ? scope.file : undefined;
	} catch {
		return undefined;
	}
}

// Throws if a file that is to be loaded is an ES module by its name, or by its package.json.
function check(module) {
	const { filename, parent } = module, extension = path.extname(filename);
	const says = extension === ".js" ? saying(module) : undefined;
	if (extension !== ".mjs" && says === undefined)
		return;
	const why = says === undefined ? "" : ` (${says} has "type": "module")`;
	const what = parent ? `require() of ES Module ${filename} from ${parent.filename} not supported`
		: `${filename} is an ES module`;
	throw coded(Error, "ERR_REQUIRE_ESM", `${what}${why}: ${SAID}`);
}

// What import() is rejected with says what there is instead. Other reasons may be anything, also what throws when it
// is looked at.
function explainImport(error) {
	try {
		if (error instanceof Error && /^Could not import the module '[^\n]*'\.$/.test(error.message))
			error.message = `${error.message.slice(0, -1)}: ${SAID}`;
	} catch {
		return;
	}
}

module.exports = { check, explain, explainImport };
