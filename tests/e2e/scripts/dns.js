// What the servers say: test_js_dns.py runs this under node and under eddy, with a server of its own.
"use strict";
const dns = require("dns");

dns.setServers([process.env.DNS_SERVER]);

function show(what, value) {
	const sorted = Array.isArray(value) ? [...value].sort((a, b) => JSON.stringify(a) < JSON.stringify(b) ? -1 : 1) : value;
	console.log(what, JSON.stringify(sorted));
}

function told(what, promise) {
	return promise.then((value) => show(what, value), (error) =>
		console.log(what, error.message, error.code, error.syscall, error.hostname, error.errno, error instanceof Error));
}

const { promises } = dns;
const www = "www.example.test";

async function records() {
	await told("A", promises.resolve4(www));
	await told("A ttl", promises.resolve4(www, { ttl: true }));
	await told("AAAA", promises.resolve6(www));
	await told("AAAA ttl", promises.resolve6(www, { ttl: 1 }));
	await told("CNAME", promises.resolveCname("alias.example.test"));
	await told("A of an alias", promises.resolve("alias.example.test"));
	for (const type of ["MX", "TXT", "NS", "SOA", "CAA"])
		await told(type, promises.resolve("example.test", type));
	await told("TXT by TCP", promises.resolveTxt("large.example.test").then((list) => list.map(([text]) => text.length)));
	await told("SRV", promises.resolveSrv("_http._tcp.example.test"));
	await told("NAPTR", promises.resolveNaptr("naptr.example.test"));
	await told("PTR", promises.resolvePtr("1.2.0.192.in-addr.arpa"));
	await told("reverse", promises.reverse("192.0.2.1"));
	await told("reverse", promises.reverse("2001:db8::1"));
}

async function failures() {
	await told("no such name", promises.resolve4("no.example.test"));
	await told("no such name", promises.resolveMx("no.example.test"));
	await told("no such record", promises.resolveMx(www));
	await told("no such record", promises.resolve("four.example.test", "AAAA"));
	await told("no such record", promises.resolveCname("four.example.test"));
	await told("nobody's address", promises.reverse("192.0.2.99"));
	await told("no name", promises.resolveTxt("a..b"));
}

function callbacks(done) {
	dns.resolve(www, (error, addresses) => {
		show("callback", [error, addresses]);
		dns.resolveSoa("example.test", (error, soa) => {
			show("callback", [error, soa, Object.keys(soa)]);
			dns.resolveNs("no.example.test", (error, ...rest) => {
				console.log("callback", error.message, rest.length);
				done();
			});
		});
	});
}

function cancelled(done) {
	const resolver = new dns.Resolver({ timeout: 60000, tries: 1 });
	let left = 2;
	const end = (error, ...rest) => {
		console.log(error.message, error.code === dns.CANCELLED, error.syscall, rest.length);
		if (--left === 0)
			done();
	};
	resolver.resolve4("www.example.test", end);
	resolver.reverse("192.0.2.1", end);
	resolver.cancel();
	console.log("cancelled");
}

// A resolver with servers of its own, whatever the others ask.
async function own() {
	const resolver = new promises.Resolver({ timeout: 2000, tries: 2 });
	resolver.setServers([process.env.DNS_SERVER]);
	const other = new dns.Resolver({ timeout: 100, tries: 1 });
	other.setServers(["127.0.0.1:1"]);
	console.log(JSON.stringify(resolver.getServers()) === JSON.stringify([process.env.DNS_SERVER]), other.getServers());
	await told("own", resolver.resolve4(www));
	await told("own", resolver.reverse("192.0.2.1"));
	await new Promise((resolve) => other.resolve4(www, (error) => {
		console.log("other", error.code, error.syscall);
		resolve();
	}));
	await told("the worker's", promises.resolve4(www));
	try {
		resolver.resolve4(www).catch(() => {});
		resolver.setServers(["192.0.2.1"]);
	} catch (error) {
		console.log(error.code);
	}
	resolver.cancel();
}

(async () => {
	await own();
	await records();
	await failures();
	await new Promise(callbacks);
	await new Promise(cancelled);
	console.log("done");
})();
