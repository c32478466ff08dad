const qs = require("querystring");
for (const s of ["a=1&b=2", "a=1&a=2&a=3", "a", "a=", "=a", "&&a=b&", "a=b=c", "a%20b=c+d", "%zz=1", "x=%E4%BD%A0", "a[]=1&a[]=2", "", "%E4=1", "a=%"])
	console.log(JSON.stringify(s), JSON.stringify(qs.parse(s)));
console.log(JSON.stringify(qs.parse("a:1;b:2", ";", ":")), JSON.stringify(qs.parse("a=1&b=2&c=3", null, null, { maxKeys: 2 })));
console.log(qs.stringify({ a: 1, b: [2, "three"], c: true, d: null, e: undefined, f: {}, "g h": "i&j=k", n: 5n, nan: NaN, u: "ü'()*!~" }));
console.log(qs.stringify({ a: 1, b: 2 }, ";", ":"), JSON.stringify(qs.stringify("x")), qs.escape("a b&c/ü"), qs.unescape("a%20b%zz"));
try { qs.escape("\ud800"); } catch (error) { console.log(error.name, error.code); }
console.log(qs.decode === qs.parse, qs.encode === qs.stringify, "done");
