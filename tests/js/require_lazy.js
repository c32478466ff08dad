// require when the server runs, and its files are gone: of what has been loaded, by any name, and of what the files
// that were loaded name in their texts.
const fs = require("fs"), os = require("os"), path = require("path");
const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "eddy-lazy-")));
const write = (files) => {
	for (const [name, text] of Object.entries(files)) {
		fs.mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
		fs.writeFileSync(path.join(top, name), typeof text === "string" ? text : JSON.stringify(text));
	}
};
write({
	"main.js": `require("./lib/other");
		require("pack");
		require("pack/lib/part");
		require("./data");
		require("./linked");
		exports.x = require("./lib/x");
		exports.late = {
			"once": () => require("./late"),
			"again": () => require( './late' ),
			"kept": () => [require("./lib/kept.json"), require(\`./lib/kept.json\`).list.push(3)],
			"throws": () => require("./throws"),
			"throws again": () => require("./throws"),
			"no JavaScript": () => require("./broken.js"),
			"no JSON": () => require("./broken.json"),
			"maybe": () => require("./maybe"),
			"maybe a package": () => require("maybe-a-package"),
			"another package": () => [require("lazy-pack"), module.children.length, require("lazy-pack/sub")],
			"not exported": () => require("lazy-pack/hidden"),
			"resolve": () => [require.resolve("./unread"), require.resolve("lazy-pack")],
			"a folder": () => require("./folder"),
			"cycle": () => require("./cycle_a"),
			"addon": () => require("./addon"),
		};`,
	"late.js": "console.log('late runs'); module.exports = { late: require('./lib/later'), depth: require('./folder/deep') };",
	"lib/later.js": "console.log('later runs'); exports.loaded = module.loaded; exports.main = require.main === module;",
	"lib/kept.json": "\ufeff{ \"list\": [1, 2] }",
	"lib/other.js": "module.exports = { other: true };",
	"lib/x.js": `exports.known = {
		"package": () => require("pack") === require("p" + "ack"),
		"package's file": () => [require("pack/lib/" + "part.js"), require("pack/lib/../lib/" + "part")],
		"package's folder": () => require("../node_modules/" + "pack/"),
		"sibling": () => require("./" + "other.js") === require("./other"),
		"absolute": () => require(__dirname + "/other.js") === require(__dirname + "/other"),
		"around": () => require("../lib/../lib/" + "other"),
		"json": () => [require("../data" + ".json"), require("../da" + "ta")],
		"link": () => require("../link" + "ed.js") === require("./other"),
		"resolve": () => [require.resolve("pa" + "ck"), require.resolve("./oth" + "er")],
		"myself": () => require("./" + "x") === exports,
	};`,
	"unread.js": "exports.unread = true;",
	"throws.js": "global.thrown = (global.thrown || 0) + 1; throw new Error('thrown ' + global.thrown);",
	"broken.js": "let x = ;",
	"broken.json": "{",
	"data.json": { data: true },
	"addon.node": "not an addon",
	"folder/package.json": { main: "entry" },
	"folder/entry.js": "module.exports = 'entry ' + require('./deep');",
	"folder/deep.js": "module.exports = 'deep';",
	"cycle_a.js": "exports.early = 1; exports.b = require('./cycle_b'); exports.late = 1;",
	"cycle_b.js": "exports.seen = Object.keys(require('./cycle_a'));",
	"node_modules/pack/package.json": { main: "lib" },
	"node_modules/pack/lib/index.js": "exports.pack = true;",
	"node_modules/pack/lib/part.js": "exports.part = true;",
	"node_modules/lazy-pack/package.json": { exports: { ".": "./i.js", "./sub": { require: "./s.js" } } },
	"node_modules/lazy-pack/i.js": "module.exports = 'lazy-pack and ' + (() => require('lazy-pack/sub'))();",
	"node_modules/lazy-pack/s.js": "module.exports = 'sub';",
	"node_modules/lazy-pack/hidden.js": "",
});
fs.symlinkSync("lib/other.js", path.join(top, "linked.js"));
const { x, late } = require(path.join(top, "main.js"));
const here = (text) => text.replaceAll(top, "TOP").split("\n")[0];
const show = (calls) => {
	for (const [name, call] of Object.entries(calls))
		try {
			console.log(name, here(JSON.stringify(call())));
		} catch (error) {
			console.log(name, error.name, error.code, error instanceof SyntaxError || name === "addon" || here(error.message));
		}
};
setTimeout(() => {
	show(x.known);
	show(late);
	fs.rm(top, { recursive: true }, (error) => console.log(error, "done"));
}, 10);
