const path = require("path");
const samples = ["", ".", "..", "/", "//", "/a", "a/", "/a/b/c.txt", "a/b/../c", "./a", "../a", "/a/./b//c/", "a.b.c", ".hidden",
	"/.x.y", "file.", "a/.b/c.tar.gz", "..a", "a/..", "a//b/", "x/../../y", "/../../z", "a/b/c/", "//a//b", "./", ".//", "a/b.c/"];
for (const s of samples)
	console.log(JSON.stringify(s), path.normalize(s), path.dirname(s), path.basename(s), path.extname(s), path.isAbsolute(s), JSON.stringify(path.parse(s)));
for (const a of ["/a/b", "/a/b/c", "a", "..", "/", "/x/y/", ""])
	for (const b of ["/a/b", "/a/c/d", "../x", ".", "/", "b/c", ""])
		console.log(JSON.stringify([a, b]), path.join(a, b), path.resolve("/base", a, b), path.relative("/base/" + a, "/base/" + b));
console.log(path.basename("a.html", ".html"), path.basename("/x/a.html/", ".html"), path.basename(".html", ".html"), path.basename("aa", "a"));
console.log(path.format({ dir: "/x", base: "y.z" }), path.format({ root: "/", name: "n", ext: ".e" }), path.format({ name: "n", ext: ".f" }), path.format({ dir: "/", root: "/", base: "q" }));
try { path.join("a", 1); } catch (error) { console.log(error.code, error.message); }
try { path.resolve({}); } catch (error) { console.log(error.code, error.message); }
console.log(path.sep, path.delimiter, path.posix === path, "done");
