// Uploads: what is PUT to files/NAME becomes a file, whatever its size and however it comes, in constant
// memory. It has another name until all of it is there, so that nobody reads half a file, and nothing is
// left of one that was broken off. A file that is there already stays (409).
//
//	module "upload" { path = "js.so"  options { script = "upload.js" } }
//	route "/upload/*" { module = "upload"  max_body = "0" }
//
// The folder is $UPLOADS, else the system's for temporary files. Try it with
// curl -T FILE http://127.0.0.1:8080/upload/files/, or curl -T - …/files/NAME, which comes in chunks.
"use strict";

const fs = require("fs");
const os = require("os");
const path = require("path");
const { pipeline } = require("stream/promises");
const { page, last } = require("./pages");

const FOLDER = process.env.UPLOADS || os.tmpdir();
const STATUS = { EEXIST: 409, ENOSPC: 507, EDQUOT: 507 };
let begun = 0;

// The name of a file, or undefined: one part of a path that does not begin with a dot.
function nameOf(req) {
	try {
		const name = decodeURIComponent(last(req));
		return /^[^./\0][^/\0]*$/.test(name) && Buffer.byteLength(name) <= 200 ? name : undefined;
	} catch {
		return undefined;
	}
}

function say(res, status, text) {
	res.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
	res.end(`${text}\n`);
}

async function put(req, res) {
	const name = nameOf(req);
	if (name === undefined) {
		say(res, 400, "a file's name has no slash, and no dot at its beginning");
		return;
	}
	const file = path.join(FOLDER, name);
	const part = path.join(FOLDER, `.${name}.${process.pid}-${++begun}`);
	try {
		const sink = fs.createWriteStream(part, { flags: "wx", mode: 0o640 });
		await pipeline(req, sink);
		await fs.promises.link(part, file); // unlike rename it takes nobody's place
		say(res, 201, `${sink.bytesWritten} bytes`);
	} catch (error) {
		if (req.complete && !res.headersSent)
			say(res, STATUS[error.code] ?? 500, error.code === "EEXIST" ? `there is a ${name} already` : error.message);
		else
			console.warn("%s was broken off: %s", name, error.message);
		if (!STATUS[error.code] && req.complete)
			console.error("%s: %s", name, error.message);
	}
	await fs.promises.unlink(part).catch(() => {}); // it may not have come to be
}

module.exports = (req, res) => {
	const isFile = req.url.split("?")[0].split("/").at(-2) === "files";
	if (isFile && req.method === "PUT")
		return put(req, res);
	if (isFile) {
		res.setHeader("Allow", "PUT");
		return say(res, 405, "PUT a file here");
	}
	return page("upload", req, res) || say(res, 404, "there is nothing here");
};
