// What dns offers: its functions, the codes of its errors, the hints, and the order of answers.
"use strict";
const dns = require("dns");

console.log(Object.keys(dns).filter((name) => /^[A-Z0-9_]+$/.test(name)).sort().map((name) => `${name}=${dns[name]}`).join(" "));
console.log(Object.keys(dns.promises).filter((name) => /^[A-Z0-9_]+$/.test(name)).sort().map((name) => `${name}=${dns.promises[name]}`)
	.join(" "));
console.log(Object.keys(dns).filter((name) => typeof dns[name] === "function").sort().join(" "));
console.log(Object.keys(dns.promises).filter((name) => typeof dns.promises[name] === "function").sort().join(" "));
console.log(dns.getDefaultResultOrder());
dns.setDefaultResultOrder("ipv4first");
console.log(dns.getDefaultResultOrder(), dns.promises.getDefaultResultOrder());
dns.promises.setDefaultResultOrder("verbatim");
console.log(dns.getDefaultResultOrder());
for (const Resolver of [dns.Resolver, dns.promises.Resolver]) {
	const resolver = new Resolver();
	for (const name of ["cancel", "getServers", "setServers", "setLocalAddress", "resolve", "resolve4", "resolve6", "resolveAny",
		"resolveCaa", "resolveCname", "resolveMx", "resolveNaptr", "resolveNs", "resolvePtr", "resolveSoa", "resolveSrv", "resolveTxt",
		"reverse"])
		if (typeof resolver[name] !== "function")
			console.log("missing", name);
	for (const options of [{ timeout: "x" }, { timeout: -2 }, { timeout: 1.5 }, { timeout: 2 ** 31 }, { tries: 0 }, { tries: "x" },
		{ tries: NaN }, { timeout: 0, tries: 1 }, { timeout: -1 }, {}, undefined]) {
		try {
			console.log(typeof new Resolver(options));
		} catch (error) {
			console.log(error.name, error.code, error.message);
		}
	}
	try {
		Resolver();
	} catch (error) {
		console.log(error instanceof TypeError);
	}
}
console.log("done");
