// util.parseArgs: the arguments of a command as options and positionals.
"use strict";

const { argType, argValue, coded } = require("errors");

const TYPES = ["string", "boolean"];

// what is asked for --------------------------------------------------------------------

function check(name, value, type) {
	if (typeof value !== type)
		throw argType(name, `of type ${type}`, value);
}

function checkDefault(name, { type, multiple, default: value }) {
	if (value === undefined)
		return;
	if (!multiple) {
		check(name, value, type);
		return;
	}
	if (!Array.isArray(value))
		throw argType(name, "an instance of Array", value);
	value.forEach((one, i) => check(`${name}[${i}]`, one, type));
}

function checkOption(name, option) {
	const at = `options.${name}`;
	if (option === null || typeof option !== "object" || Array.isArray(option))
		throw argType(at, "of type object", option);
	if (!TYPES.includes(option.type))
		throw argType(`${at}.type`, "('string|boolean')", option.type);
	if (Object.hasOwn(option, "short")) {
		check(`${at}.short`, option.short, "string");
		if (option.short.length !== 1)
			throw argValue(`${at}.short`, option.short, "must be a single character");
	}
	if (Object.hasOwn(option, "multiple"))
		check(`${at}.multiple`, option.multiple, "boolean");
	checkDefault(`${at}.default`, option);
}

function settingsOf(config) {
	const { args = process.argv.slice(2), strict = true, allowPositionals = !strict, tokens = false, allowNegative = false,
		options = {} } = config;
	if (!Array.isArray(args))
		throw argType("args", "an instance of Array", args);
	for (const [name, value] of Object.entries({ strict, allowPositionals, tokens, allowNegative }))
		check(name, value, "boolean");
	if (options === null || typeof options !== "object" || Array.isArray(options))
		throw argType("options", "of type object", options);
	for (const [name, option] of Object.entries(options))
		checkOption(name, option);
	return { args: [...args], strict, allowPositionals, tokens, allowNegative, options };
}

// tokens -------------------------------------------------------------------------------

function typeOf(options, name) {
	return Object.hasOwn(options, name) ? options[name].type : undefined;
}

// What a letter stands for: an option with it as `short`, or itself.
function longName(options, letter) {
	const found = Object.entries(options).find(([, option]) => option.short === letter);
	return found === undefined ? letter : found[0];
}

// An option whose value, if it has one, is in the argument, or is the next one.
function optionToken(settings, name, rawName, index, inline) {
	const token = { kind: "option", name, rawName, index, value: undefined, inlineValue: undefined };
	if (inline !== undefined)
		return { ...token, value: inline, inlineValue: true };
	const next = settings.args[index + 1];
	if (typeOf(settings.options, name) !== "string" || next === undefined || next === null)
		return token;
	return { ...token, value: next, inlineValue: false };
}

// "-abc": letters in a row, the last of which may have a value, as the rest of the argument or as the next one.
function* letterTokens(settings, text, index) {
	for (let i = 1; i < text.length; i++) {
		const name = longName(settings.options, text[i]), rest = text.slice(i + 1);
		const takes = typeOf(settings.options, name) === "string";
		const token = { kind: "option", name, rawName: `-${text[i]}`, index, value: undefined, inlineValue: undefined };
		if (!takes) {
			yield token;
			continue;
		}
		yield rest !== "" ? { ...token, value: rest, inlineValue: true } : optionToken(settings, name, `-${text[i]}`, index);
		return;
	}
}

function wordToken(settings, text, index) {
	const equals = text.indexOf("=", 3);
	if (equals < 0)
		return optionToken(settings, text.slice(2), text, index);
	return optionToken(settings, text.slice(2, equals), text.slice(0, equals), index, text.slice(equals + 1));
}

function* tokensOf(settings) {
	const { args } = settings;
	for (let i = 0; i < args.length; i++) {
		const text = args[i], index = i;
		if (text === "--") {
			yield { kind: "option-terminator", index };
			for (i++; i < args.length; i++)
				yield { kind: "positional", index: i, value: args[i] };
			return;
		}
		if (text.length < 2 || text[0] !== "-") {
			yield { kind: "positional", index, value: text };
			continue;
		}
		for (const token of text[1] === "-" ? [wordToken(settings, text, index)] : letterTokens(settings, text, index)) {
			if (token.inlineValue === false)
				i++;
			yield token;
		}
	}
}

// values -------------------------------------------------------------------------------

function unknown({ allowPositionals }, rawName) {
	const hint = allowPositionals ? ". To specify a positional argument starting with a '-', place it at the end of the " +
		`command after '--', as in '-- "${rawName}"` : "";
	return coded(TypeError, "ERR_PARSE_ARGS_UNKNOWN_OPTION", `Unknown option '${rawName}'${hint}`);
}

function badValue(message) {
	return coded(TypeError, "ERR_PARSE_ARGS_INVALID_OPTION_VALUE", message);
}

function checkUsage(settings, { name, rawName, value, inlineValue }) {
	const type = typeOf(settings.options, name);
	if (type === undefined)
		throw unknown(settings, rawName);
	const { short } = settings.options[name], shown = `${short ? `-${short}, ` : ""}--${name}`;
	if (type === "string" && typeof value !== "string")
		throw badValue(`Option '${shown} <value>' argument missing`);
	if (type === "boolean" && value !== undefined)
		throw badValue(`Option '${shown}' does not take an argument`);
	if (inlineValue !== false || value.length < 2 || value[0] !== "-")
		return;
	const example = rawName.startsWith("--") ? `'${rawName}=-XYZ'` : `'--${name}=-XYZ' or '${rawName}-XYZ'`;
	throw badValue(`Option '${rawName}' argument is ambiguous.\nDid you forget to specify the option argument for ` +
		`'${rawName}'?\nTo specify an option argument starting with a dash use ${example}.`);
}

// "--no-color" of an option that takes no value: it is "color", and said not to be.
function negated({ allowNegative, options }, token) {
	const name = token.name.slice(3);
	if (!allowNegative || !token.rawName.startsWith("--no-") || typeOf(options, name) === "string")
		return undefined;
	return name;
}

function put(settings, values, name, value) {
	if (name === "__proto__")
		return;
	if (Object.hasOwn(settings.options, name) && settings.options[name].multiple)
		(values[name] ??= []).push(value);
	else
		values[name] = value;
}

function takeOption(settings, values, token) {
	const name = negated(settings, token);
	if (name !== undefined)
		token.name = name;
	if (settings.strict)
		checkUsage(settings, token);
	put(settings, values, token.name, token.value ?? name === undefined);
}

function parseArgs(config = {}) {
	const settings = settingsOf(config);
	const values = { __proto__: null }, positionals = [], tokens = [...tokensOf(settings)];
	for (const token of tokens) {
		if (token.kind === "option") {
			takeOption(settings, values, token);
		} else if (token.kind === "positional") {
			if (!settings.allowPositionals)
				throw coded(TypeError, "ERR_PARSE_ARGS_UNEXPECTED_POSITIONAL",
					`Unexpected argument '${token.value}'. This command does not take positional arguments`);
			positionals.push(token.value);
		}
	}
	for (const [name, option] of Object.entries(settings.options))
		if (option.default !== undefined && !Object.hasOwn(values, name))
			values[name] = option.default;
	return settings.tokens ? { values, positionals, tokens } : { values, positionals };
}

module.exports = { parseArgs };
