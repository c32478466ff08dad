// What http.request says of arguments that it cannot take.
"use strict";
const http = require("http");

function attempt(what, action) {
	try {
		const request = action();
		request.on("error", () => {});
		request.destroy();
		console.log(what, "fine");
	} catch (error) {
		console.log(what, error.name, error.code, error.message);
	}
}

attempt("protocol", () => http.request({ protocol: "https:" }));
attempt("host", () => http.request({ host: 5 }));
attempt("hostname", () => http.request({ hostname: true }));
attempt("method", () => http.request({ method: 5 }));
attempt("method", () => http.request({ method: "G T" }));
attempt("path", () => http.request({ path: "/a b" }));
attempt("path", () => http.request({ path: "/\u1234" }));
for (const port of [99999, "abc", -1, 1.5])
	attempt(`port ${port}`, () => http.request({ port }));
for (const agent of [{}, true, 0, "x"])
	attempt(`agent ${agent}`, () => http.request({ agent }));
attempt("url", () => http.request("nope"));
attempt("url", () => http.request("https://example.org/"));
attempt("name of a field", () => http.request({ headers: { "a b": 1 } }));
attempt("value of a field", () => http.request({ headers: { ab: "\n" } }));
attempt("value of a field", () => http.request({ headers: { ab: undefined } }));
for (const timeout of ["x", -1, Infinity, NaN])
	attempt(`timeout ${timeout}`, () => http.request({ timeout }));
attempt("insecureHTTPParser", () => http.request({ insecureHTTPParser: 1 }));
attempt("signal", () => http.request({ signal: 5 }));
attempt("callback", () => http.request({}, 5));
attempt("callback", () => http.request("http://127.0.0.1:1/", {}, 5));
for (const options of [{ maxTotalSockets: 0 }, { maxTotalSockets: "x" }, { scheduling: "x" }])
	attempt(`agent's ${JSON.stringify(options)}`, () => http.request({ agent: new http.Agent(options) }));

const post = () => {
	const request = http.request({ port: 1, host: "127.0.0.1", method: "POST" });
	request.on("error", () => {});
	return request;
};
attempt("setTimeout", () => post().setTimeout("x"));
attempt("setHeader", () => {
	const request = post();
	request.flushHeaders();
	console.log(request.headersSent);
	return request.setHeader("a", "b");
});
attempt("removeHeader", () => {
	const request = post();
	request.write("x");
	return request.removeHeader("a");
});
for (const piece of [undefined, 5, null, {}, true])
	attempt(`write ${piece}`, () => {
		const request = post();
		request.write(piece);
		return request;
	});
attempt("end", () => post().end(5));
attempt("end", () => post().end(() => {}));
attempt("addTrailers", () => {
	const request = post();
	request.addTrailers({ "a b": "c" });
	return request;
});
attempt("getHeader", () => post().getHeader(5));
setTimeout(() => console.log("done"), 50);
