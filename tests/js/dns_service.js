// dns.lookupService: the names of addresses and ports of this host, and what it cannot take.
"use strict";
const dns = require("dns");
const util = require("util");

function attempt(what, action) {
	try {
		console.log(what, typeof action());
	} catch (error) {
		console.log(what, error.name, error.code, error.message);
	}
}

const none = () => console.log("never called");
for (const args of [["x", 1], ["127.0.0.1", -1], ["127.0.0.1", 65536], ["127.0.0.1", "x"], [5, 5], [undefined, 80]])
	attempt(JSON.stringify(args), () => dns.lookupService(...args, none));
for (const args of [[], ["127.0.0.1"], ["127.0.0.1", 80], ["127.0.0.1", 80, 5], ["127.0.0.1", 80, none, none]])
	attempt(args.length, () => dns.lookupService(...args));
for (const args of [["x", 1], ["127.0.0.1", -1], ["127.0.0.1"], []])
	attempt(`promise ${args.length}`, () => dns.promises.lookupService(...args));

let inside = true;
dns.lookupService("127.0.0.1", 22, (...answer) => {
	console.log(inside, answer);
	dns.lookupService("127.0.0.1", "443", async (...answer) => {
		console.log(answer);
		console.log(await util.promisify(dns.lookupService)("127.0.0.1", 80));
		console.log(await dns.promises.lookupService("127.0.0.1", 54321), await dns.promises.lookupService("127.0.0.1", 0));
		console.log("done");
	});
});
inside = false;
