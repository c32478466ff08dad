// What is known of a file: Stats, Dirent, and the constants that their numbers are made of.
"use strict";

const constants = Object.assign(Object.create(null), {
	UV_FS_SYMLINK_DIR: 1, UV_FS_SYMLINK_JUNCTION: 2, O_RDONLY: 0, O_WRONLY: 1, O_RDWR: 2,
	UV_DIRENT_UNKNOWN: 0, UV_DIRENT_FILE: 1, UV_DIRENT_DIR: 2, UV_DIRENT_LINK: 3, UV_DIRENT_FIFO: 4,
	UV_DIRENT_SOCKET: 5, UV_DIRENT_CHAR: 6, UV_DIRENT_BLOCK: 7,
	S_IFMT: 0o170000, S_IFREG: 0o100000, S_IFDIR: 0o40000, S_IFCHR: 0o20000, S_IFBLK: 0o60000, S_IFIFO: 0o10000,
	S_IFLNK: 0o120000, S_IFSOCK: 0o140000, O_CREAT: 0o100, O_EXCL: 0o200, UV_FS_O_FILEMAP: 0, O_NOCTTY: 0o400,
	O_TRUNC: 0o1000, O_APPEND: 0o2000, O_DIRECTORY: 0o200000, O_NOATIME: 0o1000000, O_NOFOLLOW: 0o400000,
	O_SYNC: 0o4010000, O_DSYNC: 0o10000, O_DIRECT: 0o40000, O_NONBLOCK: 0o4000,
	S_IRWXU: 0o700, S_IRUSR: 0o400, S_IWUSR: 0o200, S_IXUSR: 0o100, S_IRWXG: 0o70, S_IRGRP: 0o40, S_IWGRP: 0o20,
	S_IXGRP: 0o10, S_IRWXO: 0o7, S_IROTH: 0o4, S_IWOTH: 0o2, S_IXOTH: 0o1, F_OK: 0, R_OK: 4, W_OK: 2, X_OK: 1,
	UV_FS_COPYFILE_EXCL: 1, COPYFILE_EXCL: 1, UV_FS_COPYFILE_FICLONE: 2, COPYFILE_FICLONE: 2,
	UV_FS_COPYFILE_FICLONE_FORCE: 4, COPYFILE_FICLONE_FORCE: 4,
});
const { S_IFMT, S_IFREG, S_IFDIR, S_IFCHR, S_IFBLK, S_IFIFO, S_IFLNK, S_IFSOCK } = constants;
const NAMES = ["dev", "mode", "nlink", "uid", "gid", "rdev", "blksize", "ino", "size", "blocks"];
const TIMES = ["atime", "mtime", "ctime"]; // seconds and nanoseconds of each follow
const KINDS = { isDirectory: S_IFDIR, isFile: S_IFREG, isBlockDevice: S_IFBLK, isCharacterDevice: S_IFCHR,
	isSymbolicLink: S_IFLNK, isFIFO: S_IFIFO, isSocket: S_IFSOCK };

// A function, and no class: packages call it for objects of their own.
function Stats(facts = new Float64Array(NAMES.length + 2 * TIMES.length)) {
	const ms = TIMES.map((_, i) => facts[NAMES.length + 2 * i] * 1000 + facts[NAMES.length + 2 * i + 1] / 1e6);
	NAMES.forEach((name, i) => {
		this[name] = facts[i];
	});
	// The system call that is asked knows nothing of births.
	[...ms, ms[2]].forEach((value, i) => {
		this[`${TIMES[i] ?? "birthtime"}Ms`] = value;
	});
	[...ms, ms[2]].forEach((value, i) => {
		this[TIMES[i] ?? "birthtime"] = new Date(Math.round(value)); // as Node has it
	});
}

class BigIntStats {
	constructor(facts) {
		const ns = TIMES.map((_, i) => facts[NAMES.length + 2 * i] * 1000000000n + facts[NAMES.length + 2 * i + 1]);
		NAMES.forEach((name, i) => {
			this[name] = facts[i];
		});
		const all = [...ns, ns[2]];
		all.forEach((value, i) => {
			this[`${TIMES[i] ?? "birthtime"}Ms`] = value / 1000000n;
		});
		all.forEach((value, i) => {
			this[`${TIMES[i] ?? "birthtime"}Ns`] = value;
		});
		all.forEach((value, i) => {
			this[TIMES[i] ?? "birthtime"] = new Date(Number(value / 1000000n));
		});
	}
}

for (const [name, kind] of Object.entries(KINDS)) {
	Stats.prototype[name] = function () {
		return (this.mode & S_IFMT) === kind;
	};
	BigIntStats.prototype[name] = function () {
		return (Number(this.mode) & S_IFMT) === kind;
	};
}

class StatFs {
	constructor(facts) {
		["type", "bsize", "blocks", "bfree", "bavail", "files", "ffree"].forEach((name, i) => {
			this[name] = facts[i];
		});
	}
}

const typeSymbol = Symbol("type");

// What is in a folder; `type` is one of the S_IF….
class Dirent {
	constructor(name, type, path) {
		this.name = name;
		this.parentPath = path;
		this.path = path;
		this[typeSymbol] = type;
	}
}
for (const [name, kind] of Object.entries(KINDS))
	Dirent.prototype[name] = function () {
		return this[typeSymbol] === kind;
	};

const stats = (bytes) => new Stats(new Float64Array(bytes));
const bigStats = (bytes) => new BigIntStats(new BigInt64Array(bytes));
const statFs = (bytes) => new StatFs(new Float64Array(bytes));
const bigStatFs = (bytes) => new StatFs(new BigInt64Array(bytes));

module.exports = { constants, Stats, BigIntStats, StatFs, Dirent, stats, bigStats, statFs, bigStatFs };
