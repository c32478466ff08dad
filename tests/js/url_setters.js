// The setters of URL: what they take, and what they leave as it was.
const bases = ["http://u:p@host:8080/p/q?s=1#h", "file:///a/b", "mailto:me@x", "https://host/", "foo://h:1/x"];
const values = { protocol: ["https", "HTTPS:", "ftp", "foo", "", "1x", "file", "http:garbage"], host: ["new", "new:81", "new:443", "", "a b", "[::1]:5", "x:99999", "y/z", "u@v", "h:"], hostname: ["new", "", "a:1", "[::2]", "É.org", "1.2", "%41"], port: ["81", "", "80", "443", "99999", "x", "8x", 90, " 5"], pathname: ["x", "/y z", "", "a/../b", "?q", "#h", "\\w", "é", "//two"], search: ["x", "?y=z w", "", "?", "#", "é'\"<>"], hash: ["x", "#y", "", "#", "é `<>"], username: ["x", "a:b@c", "", "é/"], password: ["x", "a:b@c", "", "é?"], href: ["http://other/", "nope", "", "  http://trim  "] };
for (const base of bases)
	for (const [name, list] of Object.entries(values))
		console.log(base, name, list.map((value) => {
			const u = new URL(base);
			try {
				u[name] = value;
			} catch (error) {
				return `${error.name} ${error.code}`;
			}
			return u.href;
		}).join(" "));
const u = new URL("http://h/?a=1");
u.origin;
try {
	"use strict";
	u.origin = "x";
} catch (error) {
	console.log(error.name);
}
const { searchParams } = u;
searchParams.append("b", "2 3");
console.log(u.href, u.searchParams === searchParams);
u.search = "?c=4";
console.log([...searchParams], u.href);
u.href = "http://i/?d=5";
console.log([...searchParams], u.searchParams === searchParams);
searchParams.delete("d");
console.log(u.href, u.search);
searchParams.set("e f", "é&=");
searchParams.sort();
console.log(u.href, u.toString() === u.toJSON(), Object.keys(u), Object.keys(URL.prototype).sort().join());
for (const args of [[], [""], ["x"], ["http://x", "bad base"], [null], [5], ["/p", null], ["/p", "http://b"], ["/p", new URL("http://c")], ["//x", "https://y"]])
	try {
		console.log(new URL(...args).href);
	} catch (error) {
		console.log(error.name, error.code, error.input);
	}
try {
	URL("http://x");
} catch (error) {
	console.log(error.name);
}
console.log(URL.canParse === undefined || [URL.canParse("http://x"), URL.canParse("x"), URL.canParse("x", "http://y")], "done");
