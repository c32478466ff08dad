// os: the plain facts.
"use strict";

const [type, release, version, machine, hostname, processors, memory, spare] = native.system();

module.exports = {
	EOL: "\n",
	devNull: "/dev/null",
	type: () => type,
	platform: () => "linux",
	release: () => release,
	version: () => version,
	machine: () => machine,
	arch: () => process.arch,
	hostname: () => hostname,
	endianness: () => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "LE" : "BE",
	availableParallelism: () => processors,
	totalmem: () => memory,
	freemem: () => native.system()[7] || spare,
	uptime: () => native.hrtime()[0],
	homedir: () => process.env.HOME ?? "/",
	tmpdir: () => (process.env.TMPDIR || process.env.TMP || process.env.TEMP || "/tmp").replace(/(?!^)\/$/, ""),
	constants: { signals: { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGABRT: 6, SIGKILL: 9, SIGUSR1: 10, SIGUSR2: 12, SIGPIPE: 13, SIGTERM: 15 } },
};
// As texts they are what they return.
for (const name of ["arch", "availableParallelism", "endianness", "freemem", "homedir", "hostname", "machine", "platform",
	"release", "tmpdir", "totalmem", "type", "uptime", "version"])
	Object.defineProperty(module.exports[name], Symbol.toPrimitive, { configurable: true, value: module.exports[name] });
