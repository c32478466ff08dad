// os: what the kernel says of the machine. os.c asks it, and no disk is waited for.
"use strict";

const { argType, coded, outOfRange } = require("errors");
const { TABLE, nameOf } = require("system_errors");

const [type, release, version, machine] = native.system();
const STAT = 0, CPUINFO = 1, MEMINFO = 2; // of native.osKernel
const TICKS_PER_SECOND = 100; // of /proc/stat, for all programs
const PRIORITY_FAILED = -100;

// Who runs this is looked up while the script loads: the answer may come from a disk or a directory service.
const user = native.osUser();

// Node's error of a call of the system's; `number` is below 0.
function systemError(syscall, number) {
	const code = nameOf(number), words = (TABLE.find(([one]) => one === -number) ?? ["", "", "unknown error"])[2];
	const info = { errno: number, code, message: words, syscall };
	const error = coded(Error, "ERR_SYSTEM_ERROR", `A system error occurred: ${syscall} returned ${code} (${words})`);
	Object.defineProperty(error, "name", { configurable: true, writable: true, value: "SystemError" });
	return Object.assign(error, { info, errno: number, syscall });
}

function kernelText(which) {
	const text = native.osKernel(which);
	return typeof text === "string" ? text : "";
}

// processors ---------------------------------------------------------------------------

// The model and the speed of each: what the machine does not tell is "unknown", and 0.
let models;
function modelsOf() {
	const list = [];
	for (const part of kernelText(CPUINFO).split("\n\n")) {
		const place = /^processor\s*:\s*(\d+)$/m.exec(part);
		if (place !== null)
			list[place[1]] = { model: (/^(?:model name|Processor)\s*:\s*(.*)$/m.exec(part) ?? ["", "unknown"])[1],
				speed: Math.trunc(Number((/^cpu MHz\s*:\s*([\d.]+)$/m.exec(part) ?? ["", 0])[1])) };
	}
	return list;
}

function cpus() {
	models ??= modelsOf();
	const out = [];
	for (const [, place, ticks] of kernelText(STAT).matchAll(/^cpu(\d+) (.*)$/gm)) {
		const [user, nice, sys, idle, , irq] = ticks.split(" ").map((n) => Number(n) * 1000 / TICKS_PER_SECOND);
		const { model, speed } = models[place] ?? { model: "unknown", speed: 0 };
		out.push({ model, speed, times: { user, nice, sys, idle, irq } });
	}
	return out;
}

// memory -------------------------------------------------------------------------------

function kilobytes(text, name) {
	const found = new RegExp(`^${name}:\\s*(\\d+) kB$`, "m").exec(text);
	return found === null ? undefined : Number(found[1]) * 1024;
}

function totalmem() {
	return kilobytes(kernelText(MEMINFO), "MemTotal") ?? native.system()[6];
}

// What programs could have: the kernel's caches give way.
function freemem() {
	return kilobytes(kernelText(MEMINFO), "MemAvailable") ?? native.system()[7];
}

// network ------------------------------------------------------------------------------

function bitsOf(byte) {
	let n = 0;
	for (; byte !== 0; byte &= byte - 1)
		n++;
	return n;
}

// "…/24": how many bits the mask has.
function cidrOf(address, netmask, family) {
	const parts = family === 4 ? netmask.split(".").map(Number)
		: netmask.split(":").filter((group) => group !== "").map((group) => parseInt(group, 16));
	return `${address}/${parts.reduce((sum, part) => sum + bitsOf(part), 0)}`;
}

function networkInterfaces() {
	const found = native.osInterfaces(), out = {};
	if (typeof found === "number")
		throw systemError("uv_interface_addresses", found);
	for (const [name, address, netmask, family, mac, internal, scopeid] of found) {
		const one = { address, netmask, family: `IPv${family}`, mac, internal, cidr: cidrOf(address, netmask, family) };
		if (family === 6)
			one.scopeid = scopeid;
		(out[name] ??= []).push(one);
	}
	return out;
}

// user ---------------------------------------------------------------------------------

function known() {
	if (user === undefined)
		throw coded(Error, "ERR_WORKER_SERVES", "The user cannot be looked up now: a worker that serves never waits for " +
			"a disk. Require os where the script begins, before it has been loaded");
	if (typeof user === "number")
		throw systemError("uv_os_get_passwd", user);
	return user;
}

function userInfo(options) {
	const encoding = options !== null && typeof options === "object" ? options.encoding : undefined;
	const [uid, gid, ...texts] = known();
	const [username, homedir, shell] = encoding === "buffer" ? texts.map((text) => Buffer.from(text)) : texts;
	return { __proto__: null, uid, gid, username, homedir, shell };
}

function homedir() {
	return process.env.HOME ?? known()[3];
}

// priorities ---------------------------------------------------------------------------

function checkPid(pid) {
	if (typeof pid !== "number")
		throw argType("pid", "of type number", pid);
	if (!Number.isInteger(pid))
		throw outOfRange("pid", "an integer", pid);
	if (pid < -(2 ** 31) || pid >= 2 ** 31)
		throw outOfRange("pid", ">= -2147483648 && <= 2147483647", pid);
}

function getPriority(pid = 0) {
	checkPid(pid);
	const found = native.osGetPriority(pid);
	if (found < PRIORITY_FAILED)
		throw systemError("uv_os_getpriority", found - PRIORITY_FAILED);
	return found;
}

function setPriority(pid, priority) {
	if (priority === undefined) {
		priority = pid;
		pid = 0;
	}
	checkPid(pid);
	if (typeof priority !== "number")
		throw argType("priority", "of type number", priority);
	if (!Number.isInteger(priority))
		throw outOfRange("priority", "an integer", priority);
	if (priority < -20 || priority > 19)
		throw outOfRange("priority", ">= -20 && <= 19", priority);
	const failed = native.osSetPriority(pid, priority);
	if (failed !== 0)
		throw systemError("uv_os_setpriority", failed);
}

// --------------------------------------------------------------------------------------

function tmpdir() {
	return (process.env.TMPDIR || process.env.TMP || process.env.TEMP || "/tmp").replace(/(?!^)\/$/, "");
}

module.exports = {
	arch: () => process.arch,
	availableParallelism: () => native.osParallelism(),
	cpus,
	endianness: () => new Uint8Array(new Uint16Array([1]).buffer)[0] === 1 ? "LE" : "BE",
	freemem,
	getPriority,
	homedir,
	hostname: () => native.system()[4],
	loadavg: () => native.osLoads(),
	networkInterfaces,
	platform: () => "linux",
	release: () => release,
	setPriority,
	tmpdir,
	totalmem,
	type: () => type,
	userInfo,
	uptime: () => native.osUptime(),
	version: () => version,
	machine: () => machine,
};
for (const [name, value] of [["constants", require("os/constants")], ["EOL", "\n"], ["devNull", "/dev/null"]])
	Object.defineProperty(module.exports, name, { configurable: name !== "constants", enumerable: true, value });
// As texts they are what they return.
for (const name of ["arch", "availableParallelism", "endianness", "freemem", "homedir", "hostname", "machine", "platform",
	"release", "tmpdir", "totalmem", "type", "uptime", "version"])
	Object.defineProperty(module.exports[name], Symbol.toPrimitive, { configurable: true, value: module.exports[name] });
