// util.MIMEType and MIMEParams: media types of the MIME Sniffing Standard.
"use strict";

const { coded } = require("errors");

const NOT_TOKEN = /[^!#$%&'*+\-.^_`|~0-9A-Za-z]/;
const NOT_VALUE = /[^\t\x20-\x7e\x80-\xff]/; // of what may stand between quotation marks

function invalid(what, text, at) {
	return coded(TypeError, "ERR_INVALID_MIME_SYNTAX",
		`The MIME syntax for a ${what} in "${text}" is invalid${at >= 0 ? ` at ${at}` : ""}`);
}

// A part of `whole` that is none is refused with the place of what is wrong.
function checkToken(what, part, whole) {
	const at = part.search(NOT_TOKEN);
	if (part === "" || at >= 0)
		throw invalid(what, whole, at);
}

function isSpace(character) {
	return character === " " || character === "\t" || character === "\n" || character === "\r";
}

// By hand: a regular expression that ends with `$` would begin anew at each of many spaces before something else.
function trimmedEnd(text) {
	let end = text.length;
	while (end > 0 && isSpace(text[end - 1]))
		end--;
	return text.slice(0, end);
}

function trimmed(text) {
	let start = 0;
	while (start < text.length && isSpace(text[start]))
		start++;
	return trimmedEnd(text.slice(start));
}

// A name, and a value: one between quotation marks, behind which anything up to the next ";" is left out, or another.
const PARAMETER = /[\t\n\r ]*([^;=]*)(?:=(?:"((?:[^"\\]|\\[^]?)*)(?:"[^;]*|$)|([^;]*)))?(?:;|$)/g;

class MIMEParams {
	#list = new Map();

	// Takes what stands behind a type: what is wrong in it is left out.
	static parse_(text) {
		const params = new MIMEParams();
		for (const [, name, quoted, plain = ""] of text.matchAll(PARAMETER)) {
			const key = name.toLowerCase();
			const value = quoted !== undefined ? quoted.replace(/\\([^]?)/g, (all, one) => one || "\\") : trimmedEnd(plain);
			if (key !== "" && !NOT_TOKEN.test(key) && (value !== "" || quoted !== undefined) && !NOT_VALUE.test(value) &&
				!params.#list.has(key))
				params.#list.set(key, value);
		}
		return params;
	}

	delete(name) {
		this.#list.delete(`${name}`);
	}

	get(name) {
		return this.#list.get(`${name}`) ?? null;
	}

	has(name) {
		return this.#list.has(`${name}`);
	}

	set(name, value) {
		name = `${name}`;
		value = `${value}`;
		checkToken("parameter name", name, name);
		const at = value.search(NOT_VALUE);
		if (at >= 0)
			throw invalid("parameter value", value, at);
		this.#list.set(name, value);
	}

	*entries() {
		yield* this.#list.entries();
	}

	*keys() {
		yield* this.#list.keys();
	}

	*values() {
		yield* this.#list.values();
	}

	toString() {
		return [...this.#list].map(([name, value]) => `${name}=${value === "" || NOT_TOKEN.test(value)
			? `"${value.replace(/["\\]/g, "\\$&")}"` : value}`).join(";");
	}
}
Object.defineProperty(MIMEParams.prototype, Symbol.iterator,
	{ configurable: true, writable: true, value: MIMEParams.prototype.entries });
Object.defineProperty(MIMEParams.prototype, "toJSON",
	{ configurable: true, writable: true, value: MIMEParams.prototype.toString });
const { parse_: parseParams } = MIMEParams;
delete MIMEParams.parse_;

class MIMEType {
	#type;
	#subtype;
	#params;

	constructor(text) {
		text = `${text}`;
		const whole = trimmed(text), slash = whole.indexOf("/");
		const type = slash < 0 ? whole : whole.slice(0, slash), rest = slash < 0 ? "" : whole.slice(slash + 1);
		checkToken("type", type, text);
		if (slash < 0)
			throw invalid("type", text, -1);
		const end = rest.indexOf(";"), subtype = trimmed(end < 0 ? rest : rest.slice(0, end));
		checkToken("subtype", subtype, text);
		this.#type = type.toLowerCase();
		this.#subtype = subtype.toLowerCase();
		this.#params = parseParams(end < 0 ? "" : rest.slice(end + 1));
	}

	get type() {
		return this.#type;
	}

	set type(value) {
		value = `${value}`;
		checkToken("type", value, value);
		this.#type = value.toLowerCase();
	}

	get subtype() {
		return this.#subtype;
	}

	set subtype(value) {
		value = `${value}`;
		checkToken("subtype", value, value);
		this.#subtype = value.toLowerCase();
	}

	get essence() {
		return `${this.#type}/${this.#subtype}`;
	}

	get params() {
		return this.#params;
	}

	toString() {
		const params = this.#params.toString();
		return params === "" ? this.essence : `${this.essence};${params}`;
	}

	toJSON() {
		return this.toString();
	}
}

module.exports = { MIMEType, MIMEParams };
