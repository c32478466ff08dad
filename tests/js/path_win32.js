// path.win32: drives, shares, and separators of two kinds.
"use strict";

const path = require("path");
const { win32 } = path;

const paths = ["", ".", "..", "/", "\\", "\\\\", "//", "a", "a\\", "\\a", "/a/", "a/b\\c", "a\\\\b", "..\\a", "a\\..", "a\\..\\..",
	"\\..\\a", ".a", ".a.b", "a.b", "a.b.", "a..", "C:", "C:\\", "C:/", "c:a", "C:.", "C:..\\a", "C:\\a", "C:\\a\\..\\..\\b", "C:/a/b.c/",
	"C:\\path\\dir\\file.txt", "C:\\\\a", "\\\\srv", "\\\\srv\\", "\\\\srv\\share", "\\\\srv\\share\\", "//srv/share/a/../b",
	"\\\\srv\\\\share\\\\a", "\\\\\\srv\\share", "a b\\c d.e f", "...", "a\\...\\b"];
for (const one of paths) {
	console.log(JSON.stringify([one, win32.normalize(one), win32.dirname(one), win32.basename(one), win32.extname(one),
		win32.isAbsolute(one), win32.join(one, "y"), win32.parse(one)]));
	console.log(JSON.stringify([one, win32.resolve("D:\\base", one), win32.resolve(one, "C:\\b", "c"),
		win32.relative("C:\\a\\b", win32.resolve("C:\\a", one)), win32.relative(win32.resolve("C:\\A", one), "c:\\a\\b"),
		win32.basename(one, "c"), win32.format(win32.parse(one))]));
}
for (const one of ["C:\\a\\b", "\\\\srv\\share\\a", "\\\\?\\C:\\a", "", 5])
	console.log(win32.toNamespacedPath(one));
for (const parts of [[], ["", ""], ["\\\\srv", "share"], ["\\", "\\a"], ["//", "a", "b"], ["c:", "a"], ["c:\\", "..", "a"], ["a", "/b/"]])
	console.log(JSON.stringify(parts), win32.join(...parts), win32.resolve("E:\\", ...parts));
for (const object of [{}, { dir: "C:\\a", base: "b" }, { root: "C:\\", base: "b" }, { root: "C:\\", dir: "C:\\", base: "b" },
	{ dir: "a", name: "n", ext: ".e" }, { name: "n", ext: ".e" }])
	console.log(win32.format(object));
for (const name of ["normalize", "dirname", "basename", "extname", "isAbsolute", "parse", "join", "resolve", "relative", "format"])
	for (const bad of [undefined, 5])
		try {
			console.log(name, win32[name](bad));
		} catch (error) {
			console.log(name, error.name, error.code, error.message);
		}
console.log(win32.sep, win32.delimiter, win32.win32 === win32, win32.posix === path, path.win32 === require("path/win32"),
	Object.keys(path).includes("win32"), "done");
