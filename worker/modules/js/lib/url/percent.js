// Percent-encoding of the URL Standard.
"use strict";

// The sets of the standard, as what each encodes of printable ASCII.
const C0 = "", FRAGMENT = ' "<>`', QUERY = ' "#<>', SPECIAL_QUERY = ' "#<>\'', PATH = ' "#<>?`{}', USERINFO = ' "#<>?^`{}/:;=@[\\]|';

function percentByte(byte) {
	return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

function percent(text, set) {
	let out = "";
	for (const character of text) {
		const code = character.codePointAt(0);
		if (code > 0x1f && code < 0x7f && !set.includes(character))
			out += character;
		else if (code < 0x80)
			out += percentByte(code);
		else
			for (const byte of new Uint8Array(native.utf8Encode(character)))
				out += percentByte(byte);
	}
	return out;
}

function unpercent(text) {
	if (!text.includes("%"))
		return text;
	return require("querystring").unescapeBuffer(text).toString();
}

module.exports = { C0, FRAGMENT, QUERY, SPECIAL_QUERY, PATH, USERINFO, percent, unpercent };
