// What each flag of fs.open means.
"use strict";

const fs = require("fs"), os = require("os"), path = require("path");
const dir = fs.mkdtempSync(path.join(os.tmpdir(), "fs-open-flags-"));
const at = (name) => path.join(dir, name);
const said = (text) => String(text).replaceAll(dir, "DIR");

async function main() {
	const flags = ["r", "r+", "rs", "rs+", "sr", "w", "wx", "xw", "w+", "wx+", "a", "ax", "xa", "a+", "ax+", "as", "sa", "as+"];
	for (const flag of flags)
		for (const there of [true, false]) {
			await fs.promises.rm(at("file"), { force: true });
			if (there)
				await fs.promises.writeFile(at("file"), "before");
			let line = `${flag} ${there}`;
			try {
				const handle = await fs.promises.open(at("file"), flag);
				line += await handle.write("XY").then(() => " writes", (error) => ` ${error.code}`);
				line += await handle.read(Buffer.alloc(3), 0, 3, 0).then(({ buffer }) => ` reads ${buffer}`, (error) => ` ${error.code}`);
				await handle.close();
				line += ` ${await fs.promises.readFile(at("file"), "utf8")}`;
			} catch (error) {
				line += ` ${error.code}`;
			}
			console.log(JSON.stringify(line));
		}
	const { O_CREAT, O_WRONLY, O_EXCL } = fs.constants;
	const handle = await fs.promises.open(at("numbers"), O_CREAT | O_WRONLY | O_EXCL, 0o600);
	await handle.close();
	await fs.promises.open(at("numbers"), O_CREAT | O_WRONLY | O_EXCL).catch((error) => console.log(error.code));
	await fs.promises.open(at("default")).catch((error) => console.log(said(error.message)));
}

main().then(() => fs.rm(dir, { recursive: true }, (error) => console.log(error, "done")));
