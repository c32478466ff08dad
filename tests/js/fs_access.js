// fs.access, exists, chmod, chown, truncate.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-access-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const call = (name, ...args) => new Promise((resolve) => fs[name](...args, (error) => resolve(error && said(error.message))));
	const { F_OK, R_OK, W_OK, X_OK } = fs.constants;
	await fs.promises.writeFile(at("file"), "0123456789");
	console.log(await call("access", at("file")), await call("access", at("file"), F_OK), await call("access", at("file"), R_OK | W_OK));
	console.log(await call("access", at("file"), X_OK), await call("access", dir, X_OK), await call("access", at("none"), R_OK));
	console.log(F_OK, R_OK, W_OK, X_OK, fs.F_OK, fs.promises.constants === fs.constants);
	await new Promise((resolve) => fs.exists(at("file"), (there) => resolve(console.log(there))));
	await new Promise((resolve) => fs.exists(at("none"), (there) => resolve(console.log(there))));
	await new Promise((resolve) => fs.exists({}, (there) => resolve(console.log(there))));
	for (const mode of [0o600, "644", 0o4755, 0]) {
		console.log(await call("chmod", at("file"), mode), (await fs.promises.stat(at("file"))).mode.toString(8));
	}
	await fs.promises.chmod(at("file"), 0o644);
	const { uid, gid } = await fs.promises.stat(at("file"));
	console.log(await call("chown", at("file"), uid, gid), await call("lchown", at("file"), -1, -1), await fs.promises.chown(at("file"), uid, -1));
	for (const length of [5, 0, 8, undefined]) {
		console.log(await call("truncate", at("file"), ...(length === undefined ? [] : [length])), (await fs.promises.readFile(at("file"), "latin1")).replaceAll("\0", "."));
		await fs.promises.writeFile(at("file"), "0123456789");
	}
	console.log(await fs.promises.truncate(at("file"), 3), (await fs.promises.stat(at("file"))).size, await call("truncate", dir, 3));
	console.log(await call("truncate", at("file"), -5), (await fs.promises.stat(at("file"))).size);
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
