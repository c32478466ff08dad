// What the pages of the examples are made of: files in the folder pages, each under its own name. They
// load nothing but each other, and the browser is told to let them do nothing else.
"use strict";

const fs = require("fs");
const path = require("path");
const { pipeline } = require("stream");

const TYPES = {
	".css": "text/css; charset=utf-8",
	".html": "text/html; charset=utf-8",
	".js": "text/javascript; charset=utf-8",
};
const POLICY = "default-src 'none'; connect-src 'self'; img-src data:; script-src 'self'; style-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

// Answers with one file of that folder; what a client sends never becomes a name here.
function send(res, name) {
	res.setHeader("Content-Type", TYPES[path.extname(name)]);
	res.setHeader("Cache-Control", "no-cache");
	res.setHeader("Content-Security-Policy", POLICY);
	pipeline(fs.createReadStream(path.join(__dirname, "pages", name)), res, (error) => {
		if (error && error.code !== "ERR_STREAM_PREMATURE_CLOSE") // that is a client that has left
			console.error("%s: %s", name, error.message);
	});
}

// The last part of a request's path, "" where that ends with a slash: wherever a route has the example.
function last(req) {
	const target = req.url.split("?")[0];
	return target.slice(target.lastIndexOf("/") + 1);
}

// Serves NAME.html at its folder, with what that asks for; false: it is something else that is wanted.
function page(name, req, res) {
	const files = { "": `${name}.html`, [`${name}.js`]: `${name}.js`, "page.css": "page.css" };
	const wanted = last(req);
	if (!Object.hasOwn(files, wanted))
		return false;
	if (req.method === "GET" || req.method === "HEAD") {
		send(res, files[wanted]);
	} else {
		res.writeHead(405, { Allow: "GET, HEAD" });
		res.end();
	}
	return true;
}

module.exports = { page, last };
