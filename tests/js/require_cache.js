// require: the cache, module's properties, resolve, errors in files.
const path = require("path");
const file = require.resolve("./require/a.js");
console.log(path.relative(__dirname, file), require.cache[file] === undefined);
const a = require("./require/a");
console.log(require("./require/a.js") === a, require(file) === a, require.cache[file].exports === a, require.cache[file].loaded, require.cache[file].id === file);
delete require.cache[file];
console.log(require("./require/a") === a);
require.cache[file].exports = "replaced";
console.log(require("./require/a"));
console.log(module.id, module.loaded, module.filename === __filename, module.children.length > 0, module.parent, require.main === module, module.paths[0] === path.join(__dirname, "node_modules"), module.path === __dirname, Array.isArray(module.paths));
console.log(typeof require.resolve.paths, require.resolve.paths("fs"), require.resolve.paths("./x")[0] === __dirname, require.resolve("fs"), require.resolve("node:path"));
for (const bad of ["./none", "none", "./require/none.json", "/none/at/all", "node:none", "", 5, null, undefined, "./require/throws", "./require/bad.json"])
	try {
		require(bad);
		console.log("found", bad);
	} catch (error) {
		console.log(String(bad), error.name, error.code, error instanceof Error);
	}
for (const bad of ["./none", "none"])
	try {
		require.resolve(bad);
	} catch (error) {
		console.log(error.code, error.message.split("\n")[0].replace(__dirname, ""), error.requireStack.map((one) => path.basename(one)));
	}
console.log(require("./require/index") === require("./require/index/index.js"), "done");
