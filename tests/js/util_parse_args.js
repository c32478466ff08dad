// util.parseArgs: options, letters, values, positionals, tokens, and what is refused.
"use strict";

const { parseArgs } = require("util");

function show(config) {
	try {
		console.log(parseArgs(config));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}

const b = { type: "boolean" }, s = { type: "string" };
show({ args: ["-f", "--bar", "b"], options: { foo: { type: "boolean", short: "f" }, bar: s } });
show({ args: ["-f"], options: {} });
show({ args: ["--nope"], options: {} });
show({ args: ["--nope"], strict: false });
show({ args: ["pos"] });
show({ args: ["pos"], allowPositionals: true });
show({ args: ["--bar"], options: { bar: s } });
show({ args: ["--bar", "-x"], options: { bar: s, x: { type: "boolean", short: "x" } } });
show({ args: ["--foo=1"], options: { foo: b } });
show({ args: ["-abc", "v"], options: { a: { type: "boolean", short: "a" }, b: { type: "boolean", short: "b" }, c: { type: "string", short: "c" } } });
show({ args: ["-cv", "-c=v"], options: { c: { type: "string", short: "c", multiple: true } } });
show({ args: ["--a", "1", "--", "--a"], options: { a: s }, allowPositionals: true, tokens: true });
show({ args: ["-x1", "--y=2", "z"], strict: false, tokens: true, options: { x: { type: "string", short: "x" } } });
show({ args: [], options: { a: { type: "string", default: "d" }, b: { type: "boolean", default: true }, c: { type: "string", multiple: true, default: ["x"] } } });
show({ args: [], options: { a: { type: "string", default: 1 } } });
show({ args: [], options: { a: { type: "number" } } });
show({ args: [], options: { a: { type: "string", short: "ab" } } });
show({ args: [], options: { a: { type: "string", multiple: 1 } } });
show({ args: 1 });
show({ strict: 1 });
show({ options: 1 });
show({ args: [], options: { a: 1 } });
show({ args: [], options: { a: { type: "string", multiple: true, default: "x" } } });
show({ args: [], options: { a: { type: "boolean", default: "x" } } });
show({ args: ["--nope"], options: {}, allowPositionals: true });
show({ args: ["-n"], options: {}, allowPositionals: true });
show({ args: ["--foo", "x"], options: { foo: b } });
show({ args: ["-f=1"], options: { foo: { type: "boolean", short: "f" } } });
show({ args: ["--foo=1"], options: { foo: { type: "boolean", short: "f" } } });
show({ args: ["-ab"], tokens: true, strict: false });
show({ args: ["-abc"], tokens: true, strict: false, options: { bb: { type: "string", short: "b" } } });
show({ args: ["-f", "v"], tokens: true, options: { foo: { type: "string", short: "f" } } });
show({ args: ["-f"], tokens: true, strict: false, options: { foo: { type: "string", short: "f" } } });
show({ args: ["---x", "--=a", "--a-b=c=d", "-=", "-a=b"], tokens: true, strict: false });
show({ args: ["-x", "-y"], options: { foo: { type: "string", short: "x" }, y: { type: "boolean", short: "y" } } });
show({ args: ["-x", "-"], options: { foo: { type: "string", short: "x" } } });
show({ args: ["-x"], options: { foo: { type: "string", short: "x" } } });
show({ args: ["--bar", "-x"], strict: false, options: { bar: s } });
show({ args: ["--__proto__", "-é", "-"], strict: false });
show({ args: ["---x", "--=a", "--a-b=c=d", "-=", "-a=b"], strict: false, tokens: true });
show({ args: ["--toString"], options: {} });
show({ args: ["pos"], allowPositionals: false, strict: false });
show({ args: ["--a=", "--a", " "], options: { a: { type: "string", multiple: true } } });
show();
console.log("done");
