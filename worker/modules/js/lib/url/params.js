// URLSearchParams: the query of a URL as a list of pairs.
"use strict";

const { argType, coded } = require("errors");
const { percent, unpercent } = require("url/percent");

const customInspect = Symbol.for("nodejs.util.inspect.custom");

function formEncode(text) {
	return percent(text.toWellFormed ? text.toWellFormed() : text, " !\"#$%&'()+,/:;<=>?@[\\]^`{|}~").replaceAll("%20", "+");
}

function formDecode(text) {
	return unpercent(text.replaceAll("+", " "));
}

class URLSearchParams {
	#list = [];

	static list_(params) {
		if (params === null || typeof params !== "object" || !(#list in params))
			throw coded(TypeError, "ERR_INVALID_THIS", 'Value of "this" must be of type URLSearchParams');
		return params.#list;
	}

	constructor(init) {
		Object.defineProperty(this, "onChange_", { writable: true, value: undefined });
		if (init === undefined || init === null)
			return;
		if (typeof init === "object" || typeof init === "function") {
			const iterate = init[Symbol.iterator];
			if (iterate !== undefined && iterate !== null) {
				if (typeof iterate !== "function")
					throw coded(TypeError, "ERR_ARG_NOT_ITERABLE", "Query pairs must be iterable");
				for (const pair of init) {
					if (pair === null || (typeof pair !== "object" && typeof pair !== "function") || typeof pair[Symbol.iterator] !== "function" || [...pair].length !== 2)
						throw coded(TypeError, "ERR_INVALID_TUPLE", "Each query pair must be an iterable [name, value] tuple");
					const [name, value] = pair;
					this.#list.push([`${name}`, `${value}`]);
				}
			} else {
				for (const key of Object.keys(init))
					this.#list.push([key, `${init[key]}`]);
			}
		} else {
			this.replace_(`${init}`.replace(/^\?/, ""));
		}
	}

	replace_(text) {
		this.#list = text.split("&").filter((pair) => pair !== "").map((pair) => {
			const at = pair.indexOf("=");
			return at < 0 ? [formDecode(pair), ""] : [formDecode(pair.slice(0, at)), formDecode(pair.slice(at + 1))];
		});
	}

	#changed() {
		if (this.onChange_ !== undefined)
			this.onChange_(this.toString());
	}

	get size() {
		return this.#list.length;
	}

	append(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 2, '"name" and "value" arguments');
		this.#list.push([`${name}`, `${value}`]);
		this.#changed();
	}

	delete(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		for (let i = this.#list.length - 1; i >= 0; i--)
			if (this.#list[i][0] === `${name}` && (value === undefined || this.#list[i][1] === `${value}`))
				this.#list.splice(i, 1);
		this.#changed();
	}

	get(name) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		const found = this.#list.find(([key]) => key === `${name}`);
		return found === undefined ? null : found[1];
	}

	getAll(name) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		return this.#list.filter(([key]) => key === `${name}`).map(([, value]) => value);
	}

	has(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 1, '"name" argument');
		return this.#list.some(([key, one]) => key === `${name}` && (value === undefined || one === `${value}`));
	}

	set(name, value) {
		URLSearchParams.list_(this);
		need(arguments, 2, '"name" and "value" arguments');
		const at = this.#list.findIndex(([key]) => key === `${name}`);
		if (at < 0) {
			this.#list.push([`${name}`, `${value}`]);
		} else {
			this.#list[at][1] = `${value}`;
			this.#list = this.#list.filter(([key], i) => i <= at || key !== `${name}`);
		}
		this.#changed();
	}

	sort() {
		URLSearchParams.list_(this);
		this.#list.sort(([a], [b]) => a < b ? -1 : a > b ? 1 : 0);
		this.#changed();
	}

	forEach(callback, self) {
		if (typeof callback !== "function")
			throw argType("callback", "of type function", callback);
		const list = URLSearchParams.list_(this);
		for (let i = 0; i < list.length; i++)
			callback.call(self, list[i][1], list[i][0], this);
	}

	entries() {
		return iterator(this, (pair) => [...pair]);
	}

	keys() {
		return iterator(this, ([name]) => name);
	}

	values() {
		return iterator(this, ([, value]) => value);
	}

	toString() {
		return URLSearchParams.list_(this).map(([name, value]) => `${formEncode(name)}=${formEncode(value)}`).join("&");
	}

	[customInspect](depth, options, inspect) {
		if (typeof depth === "number" && depth < 0)
			return "[Object]";
		const quoted = (text) => (inspect ?? require("inspect").inspect)(text, options);
		const shown = this.#list.map(([name, value]) => `${quoted(name)} => ${quoted(value)}`);
		if (shown.length === 0)
			return "URLSearchParams {}";
		const long = shown.reduce((sum, text) => sum + text.length + 2, 0) > ((options && options.breakLength) ?? 80);
		return long ? `URLSearchParams {\n  ${shown.join(",\n  ")} }` : `URLSearchParams { ${shown.join(", ")} }`;
	}
}
URLSearchParams.prototype[Symbol.iterator] = URLSearchParams.prototype.entries;
Object.defineProperty(URLSearchParams.prototype, Symbol.iterator, { enumerable: false });
Object.defineProperty(URLSearchParams, "list_", { enumerable: false });
for (const name of ["append", "delete", "get", "getAll", "has", "set", "sort", "entries", "forEach", "keys", "values", "toString", "size"])
	Object.defineProperty(URLSearchParams.prototype, name, { enumerable: true });
Object.defineProperty(URLSearchParams.prototype, Symbol.toStringTag, { configurable: true, value: "URLSearchParams" });

// Iterators follow the list while it changes, and show what they have not given yet.
const iterated = new WeakMap();
const IteratorPrototype = Object.setPrototypeOf({
	next() {
		const state = iterated.get(this);
		if (state === undefined)
			throw coded(TypeError, "ERR_INVALID_THIS", 'Value of "this" must be of type URLSearchParamsIterator');
		const list = URLSearchParams.list_(state.params);
		if (state.at >= list.length)
			return { value: undefined, done: true };
		return { value: state.take(list[state.at++]), done: false };
	},
	[customInspect](depth, options, inspect) {
		const { params, at, take } = iterated.get(this);
		const shown = URLSearchParams.list_(params).slice(at).map((pair) => inspect(take(pair), options));
		return `URLSearchParams Iterator { ${shown.join(", ")} }`;
	},
}, Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]())));
Object.defineProperty(IteratorPrototype, customInspect, { enumerable: false });
Object.defineProperty(IteratorPrototype, Symbol.toStringTag, { configurable: true, value: "URLSearchParams Iterator" });

function iterator(params, take) {
	URLSearchParams.list_(params);
	const made = Object.create(IteratorPrototype);
	iterated.set(made, { params, at: 0, take });
	return made;
}

function need(args, n, what) {
	if (args.length < n)
		throw coded(TypeError, "ERR_MISSING_ARGS", `The ${what} must be specified`);
}

module.exports = { URLSearchParams };
