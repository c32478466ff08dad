// url.resolve, over the examples of RFC 3986 and bases without a host.
const url = require("url");
const relative = ["g:h", "g", "./g", "g/", "/g", "//g", "?y", "g?y", "#s", "g#s", "g?y#s", ";x", "g;x", "", ".", "./", "..", "../", "../g", "../..", "../../", "../../g", "../../../g", "/./g", "/../g", "g.", ".g", "g..", "..g", "./../g", "./g/.", "g/./h", "g/../h", "http:g", "http:/g", "http://other/p", "mailto:a@b", "//user:pw@h:1/x", "a b", "\\x\\y", "?", "#"];
for (const base of ["http://a/b/c/d;p?q", "http://a", "http://user:pw@a:8080/x/y?z#f", "/one/two/three", "one/two", "", "mailto:me@x.org", "file:///a/b", "javascript:x", "https://a/b/", "//host/p", "?q=1", "#h"])
	console.log(base, relative.map((to) => url.resolve(base, to)).join(" "));
for (const bad of [undefined, null, 5, {}])
	try {
		url.resolve("http://a", bad);
	} catch (error) {
		console.log(error.name, error.code);
	}
console.log("done");
