// util.MIMEType and MIMEParams: what is read, what is written, what is refused.
"use strict";

const { MIMEType, MIMEParams } = require("util");

function show(action) {
	try {
		console.log(action());
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}

for (const text of ["text/html; charset=utf-8", 'TEXT/Plain;a="q;\\"x";a=2;b', "text", "/x", "a/b;c=d;", "text/html;charset=;x=y",
	"te xt/html", 'a/b;é=1;x="é"', "  a/b  ; c = d", 'a/b;x="un', 'A/B;C=D;  ;=x;y;z="";w=a b ;v="q"zz;u=1',
	"", 'text/html;charset=gb"k"', "a/b;x= y ", "\ta/b\n", 'a/b;x="\\', "a/b;x=\u0100", "a/b;;;x=1;X=2"])
	show(() => {
		const { type, subtype, essence, params } = new MIMEType(text);
		return [type, subtype, essence, `${params}`, ...params].join(" | ");
	});

const mime = new MIMEType("a/b");
mime.type = "C";
mime.subtype = "D";
mime.params.set("q", "1 2");
mime.params.set("z", 'a"b\\');
mime.params.set("e", "");
console.log(`${mime}`, JSON.stringify({ mime, params: mime.params }));
console.log(mime.params.has("q"), mime.params.has("Q"), mime.params.get("nope"), [...mime.params.keys()], [...mime.params.values()]);
for (const [name, value] of [["type", ""], ["type", "x y"], ["subtype", "x;"]])
	show(() => {
		mime[name] = value;
	});
for (const pair of [["a b", "1"], ["a", "\n"], ["", "x"], ["a", "\u0100"]])
	show(() => mime.params.set(...pair));
const params = new MIMEParams();
console.log(params.set("A", 1), params.set("c", "d"), params.delete("A"), params.delete("A"), `${params}`, [...params.entries()]);
console.log(new MIMEType("a/b;c=d"), params, "done");
