// What the paths of POSIX and of Windows have in common.
"use strict";

const { argType } = require("errors");

function check(value, name) {
	if (typeof value !== "string")
		throw argType(name, "of type string", value);
}

// Takes "." and ".." out of a path with slashes; `absolute`: there is nothing above the root.
function squeeze(text, absolute) {
	const out = [];
	for (const part of text.split("/")) {
		if (part === "" || part === ".")
			continue;
		if (part !== "..")
			out.push(part);
		else if (out.length > 0 && out[out.length - 1] !== "..")
			out.pop();
		else if (!absolute)
			out.push("..");
	}
	return out.join("/");
}

// How many parts two paths begin with alike.
function countSame(a, b) {
	let same = 0;
	while (same < a.length && same < b.length && a[same] === b[same])
		same++;
	return same;
}

module.exports = { check, squeeze, countSame };
