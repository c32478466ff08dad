const here = (name) => name && name.replace(__dirname, "HERE");
console.log(here(__filename), require.main === module, module.id, module.loaded, module.children.length, here(require.resolve("./require/a")));
console.log(require("./require/a"), require("./require/a.js") === require("./require/a"), require("./require/data"), require("./require/data.json").list.length);
console.log(require("./require/folder"), require("./require/index"), require("./require/user"));
console.log(require("./require/cycle_a"));
const path = require("path");
console.log(require("node:path") === path, require("util") === require("node:util"), require.resolve("path"), require.resolve.paths("path"));
for (const name of ["./nowhere", "no-such-package", "node:nope"])
	try { require(name); } catch (error) { console.log(error.name, error.code, here(error.message.split("\n")[0]), (error.requireStack || []).map(here)); }
for (const bad of [undefined, 1, ""])
	try { require(bad); } catch (error) { console.log(error.name, error.code, error.message); }
try { require("./require/throws"); } catch (error) { console.log(error.message); }
try { require("./require/throws"); } catch (error) { console.log("again", error.message); }
try { require("./require/syntax"); } catch (error) { console.log(error.name); }
try { require("./require/bad.json"); } catch (error) { console.log(error.name, /bad\.json/.test(error.message)); }
console.log(this === module.exports, exports === module.exports, typeof require.cache, Object.keys(require.cache).map(here).includes("HERE/require/a.js"), module.children.length, here(module.paths[0]));
delete require.cache[require.resolve("./require/a")];
console.log(require("./require/a").times, arguments.length, "done");
