// url.format of objects and of URLs, and the functions for files.
const url = require("url");
const objects = [{}, { protocol: "http" }, { protocol: "http", host: "a" }, { protocol: "http:", hostname: "a", port: 80 }, { protocol: "mailto", pathname: "a@b" }, { protocol: "x", slashes: true, host: "h" }, { protocol: "file", pathname: "/a" }, { protocol: "file", host: "", pathname: "a" }, { host: "h", pathname: "p" }, { hostname: "::1", protocol: "http" }, { auth: "u:p@x", host: "h", protocol: "http" }, { auth: "u", hostname: "h" }, { pathname: "a?b#c" }, { search: "a=1" }, { search: "?a#b" }, { query: { a: 1, b: [2, 3], c: "", d: null, e: "é" } }, { query: { a: 1 }, search: "?wins" }, { query: "text" }, { hash: "h" }, { hash: "#h" }, { pathname: "/p", search: "", hash: "" }, { protocol: "javascript", pathname: "x" }, { protocol: "http", slashes: false, host: "h" }, { slashes: true, host: "h" }, { hostname: "h", host: "wins" }, { port: 1, hostname: "h" }, { protocol: "gopher", host: "h", pathname: "/p" }];
for (const object of objects)
	console.log(JSON.stringify(object), url.format(object));
for (const bad of [undefined, null, 5, true, () => {}])
	try {
		console.log(url.format(bad));
	} catch (error) {
		console.log(error.name, error.code);
	}
console.log(url.format("http://a.com/b c"), url.format(url.parse("http://u:p@h/p?q#f")));
const whole = new URL("http://u:p@xn--tda.example/p?q#f");
for (const options of [undefined, {}, { auth: false }, { fragment: false }, { search: false }, { unicode: true }, { auth: false, fragment: false, search: false, unicode: true }])
	console.log(url.format(whole, options));
try {
	url.format(whole, 5);
} catch (error) {
	console.log(error.code, error.message);
}
for (const text of ["file:///a/b", "file:///a%20b", "file:///%E2%98%83", "file://localhost/x", "file:///a%2Fb", "file://host/x", "http://x/", "file:///", "file:///a?b#c", "nothing", new URL("file:///u")])
	try {
		console.log(String(text), url.fileURLToPath(text));
	} catch (error) {
		console.log(String(text), error.name, error.code, error.message);
	}
for (const path of ["/a", "/a b", "/a%b", "/a#b?c", "/é", "/a\\b", "/a\nb\tc", "/", "/a/", "/a/../b", "/\"<>`{}"])
	console.log(url.pathToFileURL(path).href, url.fileURLToPath(url.pathToFileURL(path)) === require("path").resolve(path) + (path.endsWith("/") && path !== "/" ? "/" : ""));
for (const bad of [5, null, undefined, {}]) {
	for (const name of ["fileURLToPath", "pathToFileURL"])
		try {
			url[name](bad);
		} catch (error) {
			console.log(name, error.name, error.code);
		}
}
console.log(url.domainToASCII("é.example"), url.domainToUnicode("xn--tda.example"), url.domainToASCII("xn--iñvalid.com"), url.domainToASCII("A.b"));
const { hostname, path, port, auth } = url.urlToHttpOptions(new URL("https://a:b@[::1]:81/p?q=1#r"));
console.log(hostname, path, port, auth, url.URL === URL, url.URLSearchParams === URLSearchParams, "done");
