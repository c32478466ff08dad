// What console.Console is given: its streams, and how it shows values on them.
"use strict";

const { argType, argValue, coded, outOfRange } = require("errors");

const INDENT_MAX = 1000;

function checkStream(stream, name) {
	if (!stream || typeof stream.write !== "function")
		throw coded(TypeError, "ERR_CONSOLE_WRITABLE_STREAM", `Console expects a writable stream instance for ${name}`);
}

function stepOf(indentation = 2) {
	if (typeof indentation !== "number")
		throw argType("groupIndentation", "of type number", indentation);
	if (!Number.isInteger(indentation))
		throw outOfRange("groupIndentation", "an integer", indentation);
	if (indentation < 0 || indentation > INDENT_MAX)
		throw outOfRange("groupIndentation", `>= 0 && <= ${INDENT_MAX}`, indentation);
	return " ".repeat(indentation);
}

function checkInspect(inspectOptions, colorMode) {
	if (inspectOptions === undefined)
		return;
	if (inspectOptions === null || typeof inspectOptions !== "object")
		throw argType("options.inspectOptions", "of type object", inspectOptions);
	if (inspectOptions.colors !== undefined && colorMode !== undefined)
		throw coded(TypeError, "ERR_INCOMPATIBLE_OPTION_PAIR",
			'Option "options.inspectOptions.color" cannot be used in combination with option "colorMode"');
}

function hasColors(stream) {
	return Boolean(stream.isTTY) && (typeof stream.getColorDepth !== "function" || stream.getColorDepth() > 2);
}

// Of (stdout, stderr, ignoreErrors) or of an object with these and more.
module.exports = (...args) => {
	const [first] = args;
	const options = !first || typeof first.write === "function"
		? { stdout: first, stderr: args[1], ignoreErrors: args[2] } : first;
	const { stdout, stderr = stdout, ignoreErrors = true, colorMode, inspectOptions, groupIndentation } = options;
	checkStream(stdout, "stdout");
	checkStream(stderr, "stderr");
	if (colorMode !== undefined && typeof colorMode !== "boolean" && colorMode !== "auto")
		throw argValue("colorMode", colorMode, "must be one of: 'auto', true, false");
	const step = stepOf(groupIndentation);
	checkInspect(inspectOptions, colorMode);
	const inspectOptionsFor = (stream) => {
		const colors = typeof colorMode === "boolean" ? colorMode : hasColors(stream);
		return { colors, ...inspectOptions };
	};
	return { 1: stdout, 2: stderr, ignoreErrors: ignoreErrors !== false, step, inspectOptionsFor };
};
