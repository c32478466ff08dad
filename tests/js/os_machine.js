// What os says of processors, interfaces, the user and priorities: shapes, and the errors.
"use strict";

const os = require("os");

function failing(action) {
	try {
		console.log(action());
	} catch (error) {
		console.log(error.name, error.code, error.message, JSON.stringify(error.info), error.errno, error.syscall);
	}
}

console.log(Object.keys(os).join());
const cpus = os.cpus();
console.log(cpus.length >= os.availableParallelism(), cpus.length === require("os").cpus().length);
for (const [key, value] of Object.entries(cpus[0]))
	console.log(key, typeof value);
console.log(Object.entries(cpus[0].times).map(([key, n]) => `${key}:${Number.isInteger(n) && n >= 0}`).join());
console.log(cpus.every(({ times }) => times.user + times.sys + times.idle > 0));
console.log(os.loadavg().length, os.loadavg().every((n) => n >= 0));
console.log(os.totalmem() % 1024, os.freemem() % 1024, os.freemem() < os.totalmem());
console.log(JSON.stringify(os.networkInterfaces()));
const { uid, gid, username, homedir, shell } = os.userInfo();
console.log(uid === process.getuid(), gid, username, homedir, shell, Object.keys(os.userInfo()).join());
for (const options of [undefined, null, {}, { encoding: "utf8" }, { encoding: "buffer" }])
	console.log(os.userInfo(options).username);
console.log(os.getPriority(), os.getPriority(0) === os.getPriority(process.pid));
failing(() => os.setPriority(os.getPriority()));
failing(() => os.setPriority(0, os.getPriority()));
for (const bad of ["x", null, 1.5, NaN, 2 ** 31, -1, 2 ** 31 - 1])
	failing(() => os.getPriority(bad));
for (const bad of ["x", 20, -21, 0.5, Infinity])
	failing(() => os.setPriority(0, bad));
failing(() => os.setPriority());
failing(() => os.setPriority(2 ** 31 - 1, 0));
failing(() => os.setPriority("0", 0));
console.log(os.constants);
for (const name of ["constants", "EOL", "devNull"])
	console.log(name, Object.getOwnPropertyDescriptor(os, name).writable, Object.getOwnPropertyDescriptor(os, name).configurable);
console.log(os.machine() === os.arch().replace("x64", "x86_64").replace("arm64", "aarch64"), os.uptime() > 0, os.type());
const { HOME, TMPDIR } = process.env;
process.env.HOME = "/nowhere";
console.log(os.homedir(), os.userInfo().homedir === os.homedir());
delete process.env.HOME;
console.log(os.homedir() === os.userInfo().homedir);
process.env.TMPDIR = "/some/where/";
console.log(os.tmpdir());
process.env.TMPDIR = "/";
console.log(os.tmpdir());
Object.assign(process.env, { HOME }, TMPDIR === undefined ? {} : { TMPDIR });
console.log("done");
