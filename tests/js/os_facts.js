// os: kinds and shapes of the facts.
const os = require("os");
for (const name of ["arch", "endianness", "homedir", "hostname", "machine", "platform", "release", "tmpdir", "type", "version", "freemem", "totalmem", "uptime", "availableParallelism"])
	console.log(name, typeof os[name], typeof os[name]());
console.log(os.EOL === "\n", os.devNull, os.platform(), os.type(), os.endianness(), os.totalmem() >= os.freemem(), os.uptime() > 0, os.hostname().length > 0);
console.log(os.constants.signals.SIGTERM, os.constants.signals.SIGKILL);
console.log(`${os.hostname}` === os.hostname(), `${os.tmpdir}` === os.tmpdir(), require("node:os") === os, "done");
