// The servers that are asked: how they are written, and what is none.
"use strict";
const dns = require("dns");

function attempt(what, action) {
	try {
		console.log(what, action());
	} catch (error) {
		console.log(what, error.name, error.code, error.message);
	}
}

const own = dns.getServers();
console.log(Array.isArray(own), own.every((one) => typeof one === "string"), own !== dns.getServers());
dns.setServers(["[::1]:53", "::2", "[::3]:54", "1.1.1.1:53", "1.2.3.4:54", "[2001:DB8::1]", "[2001:db8:0:0::2]:5353"]);
console.log(dns.getServers());
console.log(require("dns/promises").getServers());
for (const bad of [undefined, null, "127.0.0.1", 5, {}, [5], [null], ["127.0.0.1", undefined], [""], ["x"], ["example.org:53"],
	["1.2.3"], ["[127.0.0.256]:53"], [":53"], ["::1:"], ["1.2.3.4:"]])
	attempt(JSON.stringify(bad), () => dns.setServers(bad));
console.log(dns.getServers().length);
dns.setServers(["192.0.2.7"]);
let inside = true;
dns.resolve4("a..b", (error, ...more) => {
	console.log(inside, error.name, error.code, error.syscall, error.hostname, error.errno, error.message, more);
	console.log(Object.keys(error), error.code === dns.BADNAME);
	dns.promises.resolveMx("..").catch((error) => {
		console.log(error.message, Object.keys(error));
		dns.setServers([]);
		console.log(dns.getServers());
		console.log("done");
	});
});
inside = false;
