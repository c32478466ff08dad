"use strict";

// Long texts, such as who attacks sends: what looks at them takes time as they are long, not as their square.
const http = require("http");
const path = require("path");
const url = require("url");

const N = 200000, slashes = "/".repeat(N), spaces = " ".repeat(N);

console.log(path.basename(`${slashes}x`), path.dirname(`${slashes}x`).length, path.extname(`${slashes}x.y`));
console.log(path.parse(`a${slashes}x.y`).name, path.dirname(`a${slashes}`), path.basename(`a${slashes}`));
console.log(new URL(`http://h/${spaces}x`).pathname.length, new URL(`${spaces}http://h/x${spaces}`).href);
console.log(new URL(`http://h/#${spaces}x`).hash.length);
console.log(url.parse(`${spaces}http://h/x${spaces}`).pathname);

// A name of which a slow pattern would try all ways to take it apart.
const request = http.get(`http://${"a".repeat(60)}!/`);
request.on("error", (error) => {
	console.log(error.code, error.syscall);
	console.log("done");
});
