// What dns says of arguments that it cannot take: at once, before anybody is asked.
"use strict";
const dns = require("dns");
const none = () => console.log("never called");
let n = 0;

function attempt(what, action) {
	try {
		action();
		console.log(what, "no error");
	} catch (error) {
		console.log(what, error.name, error.code, error.message, error.syscall, error.errno, error.hostname);
	}
}

attempt("lookup", () => dns.lookup("a"));
for (const host of [5, {}, true, Symbol.iterator])
	attempt(`host ${++n}`, () => dns.lookup(host, none));
for (const options of [5, 7.5, -4, true, "x", { family: 5 }, { family: "x" }, { family: "ipv4" }, { hints: 12345 }, { hints: "x" },
	{ all: 1 }, { all: "yes" }, { verbatim: 1 }])
	attempt(`options ${++n}`, () => dns.lookup("a", options, none));
attempt("no callback", () => dns.lookup("127.0.0.1", {}));
for (const args of [["a", "ZZ", none], ["a", "a", none], ["a", 5, none], ["a", undefined, none], ["a"], [5, none], [undefined, none],
	["a", "MX", 5], ["a", "MX"]])
	attempt(`resolve ${++n}`, () => dns.resolve(...args));
for (const name of ["resolve4", "resolve6", "resolveAny", "resolveCaa", "resolveCname", "resolveMx", "resolveNaptr", "resolveNs",
	"resolvePtr", "resolveSoa", "resolveSrv", "resolveTxt"]) {
	attempt(`${name} without callback`, () => dns[name]("a"));
	attempt(`${name} without name`, () => dns[name](none));
	attempt(`${name} with a number`, () => dns[name](7, {}, none));
}
for (const address of ["nope", "1.2.3", "1.2.3.4.5", "", "::g", 5, null])
	attempt(`reverse ${address}`, () => dns.reverse(address, none));
attempt("reverse", () => dns.reverse("127.0.0.1"));
console.log("done");
