// Where a text stops being JSON, which the engine does not say: for what is said of a file that is none.
"use strict";

const SPACE = /[ \t\r\n]*/y;
const TOKEN = new RegExp([
	'[{}\\[\\],:]',
	'"(?:[^"\\\\\\x00-\\x1f]|\\\\(?:["\\\\/bfnrt]|u[0-9a-fA-F]{4}))*"',
	'-?(?:0|[1-9]\\d*)(?:\\.\\d+)?(?:[eE][+-]?\\d+)?',
	'true|false|null',
].join("|"), "y");

// What may follow: a value, one or "]", a name or "}", a name, ":", what comes behind a value, nothing.
const VALUE = 0, ITEM = 1, MEMBER = 2, NAME = 3, COLON = 4, MORE = 5, END = 6;

// What may follow a token where `want` might; undefined: it may not be there.
function next(token, want, open) {
	const closes = (last) => want === last || (want === MORE && open.length > 0);
	const behind = () => open.length > 0 ? MORE : END;
	switch (token[0]) {
	case "{":
	case "[":
		if (want !== VALUE && want !== ITEM)
			return undefined;
		open.push(token);
		return token === "{" ? MEMBER : ITEM;
	case "}":
	case "]":
		if (!closes(token === "}" ? MEMBER : ITEM) || open.pop() !== (token === "}" ? "{" : "["))
			return undefined;
		return behind();
	case ":":
		return want === COLON ? VALUE : undefined;
	case ",":
		return want !== MORE ? undefined : open.at(-1) === "{" ? NAME : VALUE;
	case "\"":
		if (want === MEMBER || want === NAME)
			return COLON;
		// falls through
	default:
		return want === VALUE || want === ITEM ? behind() : undefined;
	}
}

// { line, column }, from 1, of the first token that may not be there, or of the text's end.
module.exports = (text) => {
	const open = [];
	let at = 0, want = VALUE;
	while (want !== undefined) {
		SPACE.lastIndex = at;
		at += SPACE.exec(text)[0].length;
		TOKEN.lastIndex = at;
		const token = TOKEN.exec(text);
		want = token === null ? undefined : next(token[0], want, open);
		if (want !== undefined)
			at = TOKEN.lastIndex;
	}
	const before = text.slice(0, at).split("\n");
	return { line: before.length, column: before.at(-1).length + 1 };
};
