const bases = [undefined, "http://user:pw@example.org:8080/a/b/c?q=1#f", "file:///x/y", "mailto:me"];
const inputs = ["http://EXAMPLE.com", "https://example.com:443/a", "http://a.b/../c/./d/%2e%2e/e", "//host/path", "/abs?x#y", "rel/path", "?only=query", "#only-hash", "", "http://[::1]:3000/", "http://[2001:DB8:0:0:0:0:0:1]/", "http://1.2.3/", "http://0x7f.1/", "http://256.1.1.1/", "http://a b/", "http://ex%41mple.com/%zz", "ftp://x/y;z", "data:text/plain,hi there", "javascript:alert(1)", "http://ü.example/ü?ü=ü#ü", "http://user:p%40ss@host/", "http:///three", "http:\\\\back\\slash", "foo://Bar/Baz?x", "foo:/a/b", "http://host:99999/", "http://host:/x", "http://", "file:c:/x", "file://localhost/etc", "..", "./x/../y", "http://a/b c?d e#f g", "  http://trim.me/  ", "ht\ntp://tab\t.x/", "http://x/<>\"`{}|^", "blob:https://a.com/id", "http://h?q", "http://h#f"];
for (const base of bases)
	for (const input of base === "mailto:me" ? inputs.filter((one) => !/^[/]/.test(one)) : inputs)
		try {
			const u = new URL(input, base);
			console.log(JSON.stringify(input), base, u.href, u.origin, [u.protocol, u.username, u.password, u.host, u.hostname, u.port, u.pathname, u.search, u.hash].join("|"));
		} catch (error) {
			console.log(JSON.stringify(input), base, error.name, error.code, error.message, error.input);
		}
const u = new URL("http://example.com/p?a=1");
u.port = "8080"; console.log(u.href); u.port = "80"; console.log(u.href); u.hostname = "Other.org"; u.protocol = "https"; u.pathname = "x y/z"; u.search = "b=2&c=ü"; u.hash = "h h"; u.username = "me@"; u.password = "p:w"; console.log(u.href, u.searchParams.get("c"));
u.searchParams.append("d", "e f"); u.searchParams.delete("b"); console.log(u.href, String(u.searchParams)); u.search = ""; u.hash = ""; console.log(u.href, [...u.searchParams]); u.host = "h:1234"; console.log(u.href, JSON.stringify({ u }));
console.log(u); console.log(URL.canParse("x:"), URL.canParse("nope"), Object.prototype.toString.call(u), `${u}` === u.toString(), "done");
