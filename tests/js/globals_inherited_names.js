"use strict";

// Names that every object inherits are no encodings, signals, families or codes.
const dns = require("dns");
const { StringDecoder } = require("string_decoder");

function attempt(what, action) {
	try {
		console.log(what, action());
	} catch (error) {
		console.log(what, error.name, error.code);
	}
}

for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty", "valueOf"]) {
	console.log(name, Buffer.isEncoding(name), new DOMException("words", name).code);
	attempt("from", () => Buffer.from("a", name));
	attempt("toString", () => Buffer.from("a").toString(name));
	attempt("write", () => Buffer.alloc(4).write("a", name));
	attempt("fill", () => Buffer.alloc(4).fill("a", name));
	attempt("StringDecoder", () => new StringDecoder(name));
	attempt("TextDecoder", () => new TextDecoder(name).encoding);
	attempt("kill", () => process.kill(process.pid, name));
	attempt("lookup", () => dns.lookup("127.0.0.1", { family: name }, () => {}));
	attempt("URL", () => new URL(`${name}://host:80/x`).host);
	process.on(name, () => console.log("never"));
	process.removeAllListeners(name);
}
console.log("done");
