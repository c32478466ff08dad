// url.parse: what it makes of odd addresses, with queries and hosts of every form.
const url = require("url");
const texts = ["http://a.com", "http://a.com:80/", "http://A.COM:/x", "https://u@h", "https://u:@h", "https://:p@h", "http://u:p%40@h/x", "http://a.com/?x=1&y=2#z", "http://a.com?x", "http://a.com#x", "http://a.com/a?b?c#d#e", "//a/b", "///a", "a/b", "/a//b", "http:/a", "http:a", "http:", ":", "://a", "a:b", "a:/b", "a://b", "a://b/c?d#e", "mailto:a@b.c?subject=x", "javascript:a?b#c", "data:text/plain,x", "file:///a", "file://h/a", "file:a", "ftp://u:p@h:21/x;type=a", "http://[::1]", "http://[::1]:80/x", "http://a b.com/c d", "http://a.com/\"<>`{}|\\^'", "http://a.com/é?é#é", "  http://a.com/ x ", "http://a.com\\b\\c", "http://a.com:99999/", "http://a_b.com/", "http://-a-.com", "http://a..b/", "http://a.com/%zz", "x.com:80/p", "localhost:80", "HTTP://A/B", "http://a.com/a;b?c", "\thttp://a\n.com/", "?", "#", "??", "##", "?#", "&", "@", "a@b", "http://a@b@c/", "http://a?b@c/", "http://a#b@c"];
const show = (parsed) => Object.keys(parsed).filter((key) => parsed[key] !== null && key !== "href").map((key) => `${key}=${typeof parsed[key] === "object" ? JSON.stringify(parsed[key]) : parsed[key]}`).join(" ");
for (const text of texts)
	for (const args of [[], [true], [false, true]])
		try {
			const parsed = url.parse(text, ...args);
			console.log(JSON.stringify(text), args.join(), parsed.href, show(parsed));
		} catch (error) {
			console.log(JSON.stringify(text), error.name, error.code, error.message);
		}
const one = url.parse("http://u:p@h:1/p?q#f");
console.log(one instanceof url.Url, Object.keys(one), one.format(), url.parse(one) === one);
for (const bad of [undefined, null, 5, {}, true])
	try {
		url.parse(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(Object.getPrototypeOf(url.parse("?a", true).query), url.parse("/", true).query, url.parse("/?", true).search, url.parse("/x", true).search, "done");
