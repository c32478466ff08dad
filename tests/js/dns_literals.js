// dns.lookup of what needs no server: literals, nothing at all, and this host.
"use strict";
const dns = require("dns");
const util = require("util");
const said = [];
const cases = [
	["127.0.0.1", undefined], ["::1", undefined], ["127.0.0.1", 4], ["::1", 6], ["127.0.0.1", 6], ["::1", 4], ["10.1.2.3", 0],
	["127.0.0.1", { all: true }], ["::1", { all: true, family: 6 }], ["::1", { family: 4, all: true }],
	["::ffff:1.2.3.4", {}], ["fe80::1", { family: 6 }], ["192.0.2.1", { hints: dns.ADDRCONFIG | dns.V4MAPPED | dns.ALL }],
	["192.0.2.1", { family: "IPv4" }], ["192.0.2.1", { family: "IPv6" }], ["192.0.2.1", { verbatim: false, all: true }], ["127.0.0.1", null],
	["127.0.0.1", { family: null, hints: null, all: null, verbatim: null }],
];

let inside = true;
cases.forEach(([host, options], i) => {
	dns.lookup(host, options, (...answer) => {
		said[i] = `${host} ${inside} ${util.inspect(answer)}`;
	});
});
dns.lookup("127.0.0.1", function (...answer) {
	said.push(`two arguments ${inside} ${util.inspect(answer)}`);
});
inside = false;

setImmediate(async () => {
	for (const line of said)
		console.log(line);
	console.log(await util.promisify(dns.lookup)("127.0.0.1"));
	console.log(await util.promisify(dns.lookup)("127.0.0.1", { all: true }));
	console.log(dns.promises === require("dns/promises"), dns.promises === require("node:dns").promises);
	console.log(await dns.promises.lookup("::1"), await dns.promises.lookup("10.0.0.1", { all: true }));
	dns.lookup("localhost", { family: 4 }, (error, address, family) => {
		console.log(error, address, family);
		dns.lookup("localhost", { family: 4, all: true }, (error, list) => {
			console.log(error, list.length > 0 && list.every((one) => one.family === 4), list[0]);
			console.log("done");
		});
	});
});
