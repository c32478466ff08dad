// package.json's "exports" and "imports": conditions, patterns, names that are kept back, what is wrong in them.
const fs = require("fs"), os = require("os"), path = require("path");
const top = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), "eddy-packages-")));
const write = (files) => {
	for (const [name, text] of Object.entries(files)) {
		fs.mkdirSync(path.dirname(path.join(top, name)), { recursive: true });
		fs.writeFileSync(path.join(top, name), typeof text === "string" ? text : JSON.stringify(text));
	}
};
const says = (text) => `module.exports = ${JSON.stringify(text)};`;
write({
	"package.json": {
		name: "itself",
		exports: { ".": "./main.js", "./a": "./a.js", "./inner/*": null },
		imports: { "#a": "./a.js", "#dep": "many", "#dep/*": "many/*", "#none": null, "#p/*": "./p/*.js",
			"#p/x/*": "./p/*.js",
			"#up": "../x.js", "#abs": "/x.js", "#url": "http://x/", "#if": { import: "./no.js", require: "./a.js" },
			"#gone": "./gone.js", "#strange": "nowhere", "#else": { browser: "./b.js" } },
	},
	"main.js": "",
	"a.js": says("a"),
	"p/x.js": says("p x"),
	"deep/er/file.js": "module.exports = (request) => require(request);",
	"deep/none/package.json": {},
	"deep/mixed/package.json": { name: "mixed", exports: { "./x": "./x.js", node: "./y.js" } },
	"deep/mixed/file.js": "module.exports = (request) => require(request);",
	"deep/none/file.js": "module.exports = (request) => require(request);",
	"ask.js": "module.exports = (request) => [require(request), require.resolve(request)];",
	"node_modules/many/package.json": {
		name: "many", main: "./lib/kept.js", exports: {
			".": { import: "./esm.js", require: "./lib/main.js" }, "./f": "./lib/f.js", "./pat/*": "./lib/*.js",
			"./pat/private/*": null, "./bare": "lib/f.js", "./up": "./../f.js", "./number": 5, "./gone": "./lib/gone.js",
			"./none": "./lib/f", "./import": { import: "./x.js" },
			"./nest": { node: { import: "./x.js", require: "./lib/f.js" }, default: "./lib/main.js" },
			"./nest2": { node: { import: "./x.js" }, default: "./lib/main.js" }, "./dir/*.js": "./lib/*.js",
			"./dir/f*.js": "./lib/main.js", "./inner": "./node_modules/x.js", "./null": { require: null, default: "./lib/f.js" },
			"./list": ["bad", "./lib/f.js"], "./lists": ["bad", ["worse"]], "./empty": [], "./index": { 0: "./lib/f.js" },
			"./twice/*": "./lib/*/*.js", "./data": "./data.json", "./star*star*": "./lib/f.js", "./object": { default: true },
			"./nothing": "", "./encoded": "./lib%2ff.js",
		},
	},
	"node_modules/many/lib/main.js": says("many's main"),
	"node_modules/many/lib/f.js": "module.exports = 'f, and ' + require('many/nest2');",
	"node_modules/many/lib/kept.js": says("kept back"),
	"node_modules/many/lib/t/t.js": says("twice"),
	"node_modules/many/data.json": "{ \"data\": 1 }",
	"node_modules/@s/p/package.json": { name: "@s/p", exports: "./i.js" },
	"node_modules/@s/p/i.js": says("scoped"),
	"node_modules/no-main/package.json": { exports: { "./x": "./x.js" } },
	"node_modules/bad-main/package.json": { main: "./gone.js" },
	"node_modules/mixed/package.json": { exports: { "./x": "./x.js", node: "./y.js" } },
	"node_modules/list/package.json": { exports: [] },
	"node_modules/target/package.json": { exports: "bad" },
	"node_modules/number/package.json": { exports: 5 },
	"node_modules/numeric/package.json": { exports: { 0: "./x.js", node: "./x.js" } },
	"node_modules/null/package.json": { exports: null, main: "x" },
	"node_modules/null/x.js": says("exports is null"),
	"node_modules/old/package.json": { main: "lib" },
	"node_modules/old/lib/index.js": says("a folder is the main"),
	"node_modules/old/lib/other.js": says("by its path"),
	"node_modules/fs/index.js": says("never"),
});
const here = (text) => String(text).replaceAll(top, "TOP").replaceAll(__dirname, "HERE").split("\n")[0];
const show = (name, ask) => {
	try {
		console.log(name, ...[ask(name)].flat().map(here));
	} catch (error) {
		console.log(name, "|", error.name, error.code, Object.keys(error).join(), here(error.message), here(error.path));
	}
};
const ask = require(path.join(top, "ask.js"));
for (const name of ["", "/f", "/pat/f", "/pat/private/f", "/pat/none", "/bare", "/up", "/number", "/gone", "/none",
	"/import", "/nest", "/nest2", "/dir/f.js", "/dir/f", "/dir/fx.js", "/dir/main.js", "/inner", "/null", "/list", "/lists",
	"/empty", "/index", "/twice/t", "/data", "/lib/f.js", "/package.json", "/pat/../f", "/pat/x/%2e%2E/f",
	"/pat/node_modules/f",
	"/starXstarY", "/object", "/nothing", "/encoded", "/hasOwnProperty"])
	show(`many${name}`, ask);
for (const name of ["@s/p", "@s/p/x", "@s", "@s/", "no-main", "no-main/x", "bad-main", "mixed", "mixed/x", "list",
	"target", "number", "numeric", "null", "null/x", "old", "old/lib/other", "old/lib", "old/package.json", "fs"])
	if (name === "fs")
		console.log(name, ask(name)[0] === fs, ask(name)[1]);
	else
		show(name, ask);
for (const name of ["itself", "itself/a", "itself/b", "itself/inner/x", "itself/package.json"])
	show(name, ask);
for (const name of ["#a", "#dep", "#dep/f", "#dep/none-such", "#none", "#p/x", "#p/y", "#p/x/x", "#up", "#abs", "#url",
	"#if", "#gone", "#strange", "#else", "#missing", "#", "#/x"])
	show(name, ask);
show("#a", require(path.join(top, "deep/er/file.js")));
show("itself/a", require(path.join(top, "deep/er/file.js")));
show("#a", require(path.join(top, "deep/none/file.js")));
show("itself/a", require(path.join(top, "deep/none/file.js")));
show("mixed", require(path.join(top, "deep/mixed/file.js")));
for (const name of ["./deep", "./a.js/", "./a", "./a.js", ".", "..", "./", "./deep/..", "./p/x/"])
	show(name, ask);
for (const paths of [[top], [path.join(top, "deep", "er")], [os.tmpdir(), top], [os.tmpdir()]])
	for (const name of ["many/f", "./a", "../../p/x"])
		try {
			console.log(name, here(require.resolve(name, { paths })));
		} catch (error) {
			console.log(name, error.code, here(error.message));
		}
fs.rm(top, { recursive: true }, (error) => console.log(error, "done"));
