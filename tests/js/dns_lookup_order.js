// The order in which lookups end, their callbacks' place among ticks and promises, and many at once.
"use strict";
const dns = require("dns");

const said = [];
dns.lookup("127.0.0.1", () => said.push("lookup"));
process.nextTick(() => said.push("tick"));
Promise.resolve().then(() => said.push("microtask"));
dns.promises.lookup("127.0.0.1").then(() => said.push("promise"));
dns.lookup("::1", { all: true }, () => {
	said.push("second");
	process.nextTick(() => said.push("tick within"));
	Promise.resolve().then(() => said.push("microtask within"));
});
said.push("sync");

setTimeout(async () => {
	console.log(said);
	const all = await Promise.all(Array.from({ length: 200 }, (_, i) => dns.promises.lookup(i % 2 ? "localhost" : `127.0.0.${i + 1}`, 4)));
	console.log(all.length, all.filter(({ address }) => address === "127.0.0.1").length, all[198], all[199].family);
	dns.lookup("127.0.0.1", () => {
		throw new Error("thrown in a callback");
	});
	process.once("uncaughtException", (error) => {
		console.log(error.message);
		console.log("done");
	});
}, 20);
