// dns/promises: what throws, what rejects, and with what.
"use strict";
const dns = require("dns/promises");

async function attempt(what, action) {
	let promise;
	try {
		promise = action();
	} catch (error) {
		console.log(what, "throws", error.name, error.code, error.message);
		return;
	}
	try {
		console.log(what, "resolves", await promise);
	} catch (error) {
		console.log(what, "rejects", error.name, error.code, error.message, error.syscall, error.errno, error.hostname);
	}
}

(async () => {
	await attempt("lookup number", () => dns.lookup(5));
	await attempt("lookup family", () => dns.lookup("a", { family: 5 }));
	await attempt("lookup family number", () => dns.lookup("a", 7));
	await attempt("lookup hints", () => dns.lookup("a", { hints: 4096 }));
	await attempt("lookup all", () => dns.lookup("a", { all: "x" }));
	await attempt("lookup literal", () => dns.lookup("127.0.0.1", 4));
	await attempt("lookup literal all", () => dns.lookup("::1", { all: true }));
	await attempt("resolve type", () => dns.resolve("a", "ZZ"));
	await attempt("resolve type number", () => dns.resolve("a", 5));
	await attempt("resolve number", () => dns.resolve(5));
	await attempt("resolveMx undefined", () => dns.resolveMx());
	await attempt("resolve4 null", () => dns.resolve4(null));
	await attempt("reverse name", () => dns.reverse("zz"));
	await attempt("reverse number", () => dns.reverse(5));
	await attempt("setServers text", () => dns.setServers("127.0.0.1"));
	await attempt("setServers name", () => dns.setServers(["example.org"]));
	console.log("done");
})();
