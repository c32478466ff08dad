"use strict";

// Texts that are longer than the engine can have; the memory is not touched.
const { constants } = require("buffer");

function attempt(what, action) {
	try {
		console.log(what, action());
	} catch (error) {
		console.log(what, error.name, error.code, error.message);
	}
}

console.log(constants.MAX_STRING_LENGTH);
const large = Buffer.alloc(2 ** 29);
for (const encoding of ["latin1", "hex", "base64"])
	attempt(encoding, () => large.toString(encoding).length);
attempt("a part in hex", () => large.toString("hex", 0, 2 ** 28).length);
attempt("a part that fits", () => large.toString("latin1", 2 ** 29 - 5).length);
attempt("utf16le", () => large.subarray(0, 8).toString("utf16le").length);
attempt("a server's timeouts", () => {
	const server = require("http").createServer({ keepAliveTimeout: 2 ** 40, requestTimeout: 0, headersTimeout: 2 ** 40 });
	return `${server.keepAliveTimeout} ${server.headersTimeout}`;
});
console.log("done");
