// Every function of path over every kind of path.
const path = require("path");
const paths = ["", ".", "..", "/", "//", "///", "a", "a/", "/a", "/a/", "a/b", "a//b", "./a", "../a", "a/.", "a/..", "a/../..", "/..", "/../a", "a/./b", "a/b/../c", "a/b/../../..", ".a", ".a.b", "a.b", "a.b.c", "a.", "a..", "..a", "/.a", "/a.b/", "a.b/c", "/a/b.c/d.e", "a b", "é/☃", "\\a\\b", "a/b\\c", "/a/b/c.html/", "....", ".../a", "a/...", "//a//b//", "c:/x", "-", "~", "a\n/b"];
for (const p of paths)
	console.log(JSON.stringify([p, path.normalize(p), path.dirname(p), path.basename(p), path.extname(p), path.isAbsolute(p), path.resolve("/base", p), path.join("x", p), path.join(p, "y"), path.parse(p)]));
for (const p of paths)
	console.log(JSON.stringify(p), path.basename(p, ".b"), path.basename(p, "b"), path.basename(p, ""), path.basename(p, p), path.format(path.parse(p)), JSON.stringify(path.relative("/base/sub", path.resolve("/base", p))), JSON.stringify(path.relative(path.resolve("/", p), "/a/b")));
for (const args of [[], ["", ""], ["a", "", "b"], ["/a", "/b"], ["a", "../../.."], ["/a", "../../.."], ["a/", "/b/"], [".", "./", "a"]])
	console.log(JSON.stringify(args), path.join(...args), path.resolve("/", ...args));
for (const object of [{}, { base: "b" }, { dir: "d" }, { root: "/" }, { root: "/", base: "b", ext: ".ignored" }, { dir: "/d", root: "/r", base: "b" }, { dir: "d", name: "n", ext: ".e" }, { name: "n" }, { ext: ".e" }, { dir: "/", base: "b" }, { dir: "", base: "b" }])
	console.log(JSON.stringify(object), path.format(object));
for (const name of ["normalize", "dirname", "basename", "extname", "isAbsolute", "parse", "join", "resolve", "format"])
	for (const bad of [undefined, null, 5, {}, []])
		try {
			path[name](bad);
			console.log(name, String(bad), "taken");
		} catch (error) {
			console.log(name, error.name, error.code, error.message);
		}
for (const args of [["a", 5], [5, "a"]])
	for (const name of ["relative", "join", "resolve"])
		try {
			path[name](...args);
		} catch (error) {
			console.log(name, error.message);
		}
console.log(path.sep, path.delimiter, path.posix === path, path.posix.posix === path, typeof path.win32, path.toNamespacedPath("/a"), path.toNamespacedPath(5), require("path/posix") === path.posix, "done");
