// What is wrong with arguments is thrown at once, before anything is done.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-arguments-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

const nothing = () => console.log("called");
const tries = [
	["stat", undefined, nothing], ["stat", at("x")], ["stat", {}, nothing], ["stat", 5, nothing],
	["lstat", null, nothing], ["rename", at("x"), at("y")], ["rename", {}, 1], ["rename", at("x"), 1, nothing], ["rename", {}, 1, nothing],
	["open", at("x"), "zz", nothing], ["open", at("x"), "r", "zz", nothing], ["open", at("x"), "r", -1, nothing],
	["open", at("x"), "r", 1.5, nothing], ["open", at("x"), "r", {}, nothing], ["open", at("x"), {}, nothing],
	["open", at("x"), 1.5, nothing], ["open", at("x"), "r"], ["open", at("x")],
	["close", "x", nothing], ["close", -1, nothing], ["close", 1.5, nothing], ["close", 2 ** 31, nothing], ["close", 9, 1],
	["fstat", undefined, nothing], ["fsync", "1", nothing], ["fsync", 1], ["ftruncate", 1, 1.5, nothing], ["ftruncate", 1, "1", nothing],
	["mkdir", at("x"), { recursive: 1 }, nothing], ["mkdir", at("x"), "abc", nothing], ["mkdir", at("x"), { mode: -1 }, nothing],
	["mkdir", at("x")], ["truncate", at("x"), "a", nothing], ["chown", at("x"), "a", 1, nothing], ["chown", at("x"), -2, 1, nothing],
	["chown", at("x"), 1, undefined, nothing], ["chmod", at("x"), undefined, nothing], ["chmod", at("x"), "99", nothing],
	["chmod", at("x"), 0o600], ["read", 1, Buffer.alloc(3), -1, 1, 0, nothing], ["read", 1, Buffer.alloc(3), 0, 9, 0, nothing],
	["read", 1, Buffer.alloc(0), 0, 1, 0, nothing], ["read", 1, Buffer.alloc(3), 0, -5, 0, nothing],
	["read", 1, Buffer.alloc(3), "a", 1, 0, nothing], ["read", "1", Buffer.alloc(3), 0, 1, 0, nothing],
	["read", 1, Buffer.alloc(3), 0, 1, 1.5, nothing],
	["write", 1, 5, nothing], ["write", 1, Buffer.alloc(3), 9, nothing], ["write", 1, Buffer.alloc(3), 0, 9, nothing],
	["write", 1, Buffer.alloc(3), -1, 9, nothing], ["write", 1, {}, nothing], ["write", "1", "x", nothing],
	["writeFile", at("x"), "a"], ["appendFile", at("x"), undefined, nothing],
	["readFile", at("x")],
	["readFile", at("x"), "utf8"], ["readFile", at("x"), { signal: 1 }, nothing], ["readFile", at("x"), { flag: "zz" }, nothing],
	["copyFile", at("x"), 1, nothing], ["copyFile", 1, at("x"), nothing], ["copyFile", at("x"), at("y")],
	["rm", at("x"), { recursive: 1 }, nothing], ["rm", at("x"), { force: 1 }, nothing], ["rm", at("x"), { maxRetries: -1 }, nothing],
	["mkdtemp", 1, nothing], ["readdir", at("x")],
	["symlink", "x", at("y"), "zz", nothing], ["symlink", 1, at("y"), nothing], ["symlink", "y", 1, nothing], ["link", 1, at("y"), nothing],
	["link", at("y"), 1, nothing], ["unlink", at("y")], ["rmdir", at("y")],
	["exists", at("x")], ["writev", 1, 5, nothing], ["writev", 1, [5], nothing], ["readv", 1, {}, nothing], ["readv", "1", [], nothing],
	["futimes", 1, NaN, 1, nothing], ["utimes", at("x"), {}, 1, nothing],
];

async function main() {
	for (const [name, ...args] of tries)
		try {
			console.log(name, fs[name](...args));
		} catch (error) {
			console.log(name, error.name, error.code, said(error.message));
		}
	for (const url of ["http://x/", "file://host/x", "file:///a%2Fb"])
		try {
			fs.stat(new URL(url), nothing);
		} catch (error) {
			console.log(url, error.name, error.code);
		}
	try {
		fs.stat("a\0b", nothing);
	} catch (error) {
		console.log(error.code);
	}
	try {
		fs.stat(Buffer.from("a\0b"), nothing);
	} catch (error) {
		console.log(error.code);
	}
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
