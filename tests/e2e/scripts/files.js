// Files as a script stores and sends them, for test_js_fs.py: the path that is meant stands behind ?.
"use strict";
const fs = require("fs");
const { once } = require("events");
const { pipeline } = require("stream/promises");

const opened = fs.openSync(__filename); // and read when the script has been loaded

const say = (res, status, text) => res.writeHead(status).end(`${text}\n`);
const tell = (res, promise) => promise.then((text) => say(res, 200, text), (error) => say(res, 500, error.message));

const routes = {
	async put(req, res, path) {
		const sink = fs.createWriteStream(path);
		try {
			await pipeline(req, sink);
			say(res, 201, sink.bytesWritten);
		} catch (error) {
			console.log("put:", error.message); // and pipeline has destroyed the request: there is nobody to tell
		}
	},
	store(req, res, path) {
		const sink = fs.createWriteStream(path);
		sink.on("error", (error) => say(res, 507, error.message));
		sink.on("finish", () => say(res, 201, sink.bytesWritten));
		req.pipe(sink);
	},
	async get(req, res, path) {
		try {
			const stream = fs.createReadStream(path);
			await once(stream, "open");
			await pipeline(stream, res);
		} catch (error) {
			console.log("get:", error.code);
			if (!res.headersSent)
				say(res, 404, error.message);
		}
	},
	pipe: (req, res, path) => fs.createReadStream(path).pipe(res),
	size: (req, res, path) => tell(res, fs.promises.readFile(path).then((bytes) => bytes.length)),
	opened: (req, res) => fs.read(opened, Buffer.alloc(5), 0, 5, 0, (error, n, bytes) => say(res, 200, error ?? bytes)),
	touch: (req, res, path) => tell(res, touch(path)),
	late(req, res, path, name) {
		try {
			fs[name](path, ...(/^(write|copy)/.test(name) ? [path] : []));
			say(res, 200, "done");
		} catch (error) {
			say(res, 500, `${error.code}: ${error.message}`);
		}
	},
	hello: (req, res) => say(res, 200, "hello"),
};

// A little of everything, in a folder of its own.
async function touch(path) {
	const folder = await fs.promises.mkdtemp(path);
	await fs.promises.mkdir(`${folder}/a/b`, { recursive: true });
	await fs.promises.writeFile(`${folder}/a/file`, "text");
	await fs.promises.copyFile(`${folder}/a/file`, `${folder}/a/b/copy`);
	await fs.promises.symlink("file", `${folder}/a/link`);
	const names = await fs.promises.readdir(folder, { recursive: true });
	await fs.promises.realpath(`${folder}/a/link`);
	await fs.promises.rm(folder, { recursive: true });
	return names.length;
}

module.exports = (req, res) => {
	const [route, path] = req.url.slice(1).split("?");
	const [name, more] = route.split("/");
	return routes[name](req, res, path && decodeURIComponent(path), more);
};
