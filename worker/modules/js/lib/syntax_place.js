// The column of a SyntaxError, of which the engine tells the line alone: a text that ends before the slip has
// another fault than one that ends behind it, so the shortest that has the same fault ends with the slip.
"use strict";

// "Unexpected token ';'": what stands there.
const QUOTED = /^Unexpected [a-z ]*['"](.*?)['"]/;

// The least n of 1 to most for which it is true, as it is for all behind that; undefined: for none.
function least(most, isTrue) {
	if (!isTrue(most))
		return undefined;
	let low = 0, high = most;
	while (high - low > 1) {
		const middle = (low + high) >> 1;
		if (isTrue(middle))
			high = middle;
		else
			low = middle;
	}
	return high;
}

// From 1. The text is compiled as the body of a function, and may show its fault only when it is alone.
module.exports = (text, { line, message }) => {
	const lines = text.split("\n");
	if (!(line >= 1 && line <= lines.length))
		return 1;
	const before = lines.slice(0, line - 1).join("\n") + (line > 1 ? "\n" : "");
	const width = lines[line - 1].length;
	const same = (n, isBody) => {
		const fault = native.syntaxFault(before + lines[line - 1].slice(0, n), isBody);
		return fault !== undefined && fault[0] === line && fault[1] === message;
	};
	for (const isBody of [true, false]) {
		const end = same(0, isBody) ? undefined : least(width, (n) => same(n, isBody));
		if (end !== undefined)
			return Math.max(1, end + 1 - (QUOTED.exec(message)?.[1].length ?? 1));
	}
	return width + 1; // the fault is that it ends
};
