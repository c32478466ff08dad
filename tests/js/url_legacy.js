const url = require("url");
for (const text of ["http://user:pass@sub.example.com:8080/p/a/t/h?query=string#hash", "/only/path?x=1", "//host/path", "mailto:me@x.org", "HTTP://EX.com", "http://x.com/a b?c d", "javascript:alert(1)", "x", "", "https://[::1]:443/x", "http://a.com?q#h", "file:///etc/passwd", "?a=b", "#h"])
	console.log(JSON.stringify(text), JSON.stringify(url.parse(text)));
console.log(JSON.stringify(url.parse("/a?b=1&c=2&b=3", true).query), url.parse("//h/p", false, true).host);
console.log(url.format({ protocol: "http", host: "a.com", pathname: "x", query: { a: 1 }, hash: "h" }), url.format({ protocol: "https:", hostname: "h", port: 1, search: "s" }), url.format({ pathname: "/a?b" }), url.format(new URL("http://u:p@h/x?y#z"), { auth: false, fragment: false, search: false }));
console.log(url.resolve("/one/two/three", "four"), url.resolve("http://example.com/", "/one"), url.resolve("http://example.com/one", "/two"), url.resolve("http://a/b/c", "../d"), url.resolve("/a/b", "http://x/y"));
console.log(url.fileURLToPath("file:///a%20b/c"), url.pathToFileURL("/a b#c?d%").href, JSON.stringify(url.urlToHttpOptions(new URL("http://a:b@h:81/p?q#r"))));
try { url.parse(1); } catch (error) { console.log(error.code, error.message); }
try { url.fileURLToPath("http://x"); } catch (error) { console.log(error.code, error.message); }
console.log("done");
