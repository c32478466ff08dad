// setHeader, appendHeader, getHeader and their kin.
const { run } = require("./http/raw");

function tried(f) {
	try {
		return f();
	} catch (error) {
		return `${error.name} ${error.code}: ${error.message}`;
	}
}

run([
	["set and asked", undefined, (req, res) => {
		console.log(res.setHeader("X-One", 1) === res, res.getHeader("x-one"), typeof res.getHeader("X-ONE"));
		res.setHeader("X-Many", ["a", "b"]);
		console.log(res.getHeader("X-Many"), res.hasHeader("x-many"), res.hasHeader("none"), res.getHeader("none"));
		console.log(res.getHeaderNames(), JSON.stringify(res.getHeaders()), Object.getPrototypeOf(res.getHeaders()));
		res.setHeader("x-one", "two");
		console.log(res.getHeaderNames(), res.getHeader("X-One"));
		res.end();
	}],
	["taken back", undefined, (req, res) => {
		res.setHeader("A", 1);
		res.setHeader("B", 2);
		res.setHeader("C", 3);
		res.removeHeader("b");
		res.removeHeader("none");
		console.log(res.getHeaderNames().join());
		res.end();
	}],
	["appended", undefined, (req, res) => {
		res.appendHeader("A", "1");
		console.log(res.getHeader("a"));
		res.appendHeader("a", "2");
		res.appendHeader("A", ["3", "4"]);
		console.log(res.getHeader("a"));
		res.setHeader("Set-Cookie", "x=1");
		res.appendHeader("Set-Cookie", "y=2");
		res.end();
	}],
	["names that cannot be", undefined, (req, res) => {
		for (const name of ["", "a b", "a:", "\xe4", "a\n", 1, null, undefined])
			console.log(tried(() => res.setHeader(name, "x")));
		for (const name of [1, null, undefined]) {
			console.log(tried(() => res.getHeader(name)));
			console.log(tried(() => res.hasHeader(name)));
			console.log(tried(() => res.removeHeader(name)));
		}
		res.end();
	}],
	["values that cannot be", undefined, (req, res) => {
		for (const value of [undefined, "a\r\nb", "\0", "\u007f", "ä\u0100", ["fine", "x\ny"], null, true, 1.5, "\xe4", "\t", ""])
			console.log(JSON.stringify(value) === undefined ? "undefined" : escape(JSON.stringify(value)), tried(() => res.setHeader("X", value) && "fine"));
		res.removeHeader("X");
		res.end();
	}],
	["text that is no ASCII", undefined, (req, res) => {
		res.setHeader("X-Latin", "\xe4\xf6");
		res.end(Buffer.from("\xe4\u20ac\u{1f600}"));
	}],
	["all spellings", undefined, (req, res) => {
		res.setHeader("x-lower", "1");
		res.setHeader("X-UPPER", "2");
		res.setHeader("X-Mixed", ["3", 4]);
		res.end();
	}],
	["set when it is too late", undefined, (req, res) => {
		res.end();
		for (const f of [() => res.setHeader("a", "b"), () => res.appendHeader("a", "b"), () => res.removeHeader("a"),
			() => res.setHeaders(new Map())])
			console.log(tried(f));
	}],
	["of a Map", undefined, (req, res) => {
		console.log(res.setHeaders(new Map([["A", "1"], ["b", ["2", "3"]]])) === res);
		for (const what of [undefined, null, {}, [], "a"])
			console.log(tried(() => res.setHeaders(what)));
		console.log(JSON.stringify(res.getHeaders()));
		res.end();
	}],
]);
