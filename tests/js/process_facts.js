// What process tells of itself: kinds and shapes, not values.
console.log(typeof process.pid, typeof process.ppid, process.platform, process.arch, typeof process.version, process.version[0], Object.keys(process.versions).includes("node"), process.release.name);
console.log(Array.isArray(process.argv), process.argv.length, require("path").basename(process.argv[1]), process.argv[1] === __filename, Array.isArray(process.execArgv), typeof process.execPath, typeof process.title, typeof process.argv0);
const usage = process.memoryUsage();
console.log(Object.keys(usage), usage.rss > 1e6, usage.heapUsed > 0, usage.heapTotal >= 0, typeof usage.external, typeof usage.arrayBuffers, process.memoryUsage.rss() > 1e6);
const cpu = process.cpuUsage();
console.log(Object.keys(cpu), cpu.user >= 0, process.cpuUsage(cpu).user >= 0, Number.isInteger(cpu.system));
for (const bad of [5, "x", { user: "x", system: 1 }, { user: 1 }, { user: -1, system: 1 }])
	try {
		process.cpuUsage(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
const start = process.hrtime();
console.log(start.length, start.every(Number.isInteger), start[1] < 1e9, process.hrtime(start)[0] >= 0, typeof process.hrtime.bigint(), process.hrtime.bigint() <= process.hrtime.bigint());
for (const bad of [5, [1], [1, 2, 3], "x", {}])
	try {
		process.hrtime(bad);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(process.uptime() > 0, process.uptime() < 1000, process.cwd() === require("path").resolve("."), typeof process.umask(), typeof process.getuid(), typeof process.geteuid(), typeof process.getgid(), typeof process.getegid());
console.log(process instanceof require("events"), Object.prototype.toString.call(process), require("process") === process, require("node:process") === process, process.constructor.name, process.exitCode);
console.log(typeof process.stdout.write, typeof process.stderr.write, process.stdout.fd, process.stderr.fd, process.stdout.writable);
console.log(typeof process.config, typeof process.features, typeof process.emitWarning, typeof process.kill, typeof process.abort, typeof process.nextTick);
for (const bad of [[], [5], [null], [undefined]])
	try {
		process.chdir(...bad);
	} catch (error) {
		console.log(error.name);
	}
console.log("done");
