// querystring: parse, stringify, escape, with their options.
const qs = require("querystring");
const show = (value) => JSON.stringify(value);
for (const text of ["", "a", "a=", "=a", "=", "&", "&&", "a&b", "a=1&a=2&a=3", "a=b=c", "a+b=c+d", "%61=%62", "a=%zz", "%=%", "%E9=%C3%A9", "é=☃", "a=1;b=2", "__proto__=1", "a[]=1", "a=1&", "&a=1", "a&&b", "+=+", "%20=%2B", "hasOwnProperty=1", "a=%C3", "%c3%A9=%u1234"])
	console.log(show(text), show(qs.parse(text)), qs.stringify(qs.parse(text)));
console.log(show(qs.parse("a:1;b:2", ";", ":")), show(qs.parse("a==1&&b==2", "&&", "==")), show(qs.parse("a=1&b=2&c=3", null, null, { maxKeys: 2 })), Object.keys(qs.parse(Array.from({ length: 1100 }, (_, i) => `k${i}=1`).join("&"))).length, Object.keys(qs.parse(Array.from({ length: 1100 }, (_, i) => `k${i}=1`).join("&"), null, null, { maxKeys: 0 })).length);
console.log(show(qs.parse("a=%41", null, null, { decodeURIComponent: (text) => `<${text}>` })), show(qs.parse("a=%41", null, null, { decodeURIComponent() {
	throw new Error("never mind");
} })), Object.getPrototypeOf(qs.parse("a")));
for (const odd of [undefined, null, 5, {}, [], true])
	console.log(show(qs.parse(odd)));
for (const value of [{}, { a: 1 }, { a: [1, 2], b: "x" }, { a: [] }, { a: "", b: null, c: undefined, d: NaN, e: Infinity, f: true, g: {}, h: [[1]], i: 10n }, { "a b": "c&d=é" }, { a: "~!*()'-._" }, { a: "\ud83d\ude00" }, [1, 2], "text", null, undefined, 5])
	console.log(typeof value === "object" ? Object.keys(value ?? {}).join() : String(value), qs.stringify(value));
console.log(qs.stringify({ a: 1, b: [2, 3] }, ";", ":"), qs.stringify({ a: "é" }, null, null, { encodeURIComponent: (text) => `<${text}>` }));
for (const text of ["a b", "é", "~!*()'", "%", 5, {}, "\u0000", "[]"])
	console.log(qs.escape(text));
for (const text of ["a%20b", "%zz", "%C3%A9", "%E9", "a+b", "%", "%4"])
	console.log(show(qs.unescape(text)), qs.unescapeBuffer(text).toString("hex"));
for (const bad of ["\ud800", { a: "x\udc00" }])
	try {
		typeof bad === "string" ? qs.escape(bad) : qs.stringify(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(qs.decode === qs.parse, qs.encode === qs.stringify, Object.keys(qs).sort().join(), "done");
