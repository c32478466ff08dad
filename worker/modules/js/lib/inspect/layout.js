// Where util.inspect breaks lines, and what stands in columns.
"use strict";

// What the entries of a value are: properties, or items, which may stand in columns.
const OBJECT = 0, ARRAY = 1;

function width(text) {
	// eslint-disable-next-line no-control-regex
	const plain = text.replace(/\u001b\[\d+m/g, "");
	let n = 0;
	for (const character of plain) {
		const code = character.codePointAt(0);
		if (code < 0x300)
			n += 1;
		else if (/\p{Mn}|\p{Me}|\p{Cf}/u.test(character))
			n += 0;
		else
			n += (code >= 0x1100 && code <= 0x115f) || (code >= 0x2e80 && code <= 0xa4cf) ||
				(code >= 0xac00 && code <= 0xd7a3) || (code >= 0xf900 && code <= 0xfaff) ||
				(code >= 0xfe30 && code <= 0xfe6f) || (code >= 0xff00 && code <= 0xff60) ||
				(code >= 0xffe0 && code <= 0xffe6) || (code >= 0x1f300 && code <= 0x1faff) ? 2 : 1;
	}
	return n;
}

// Many short items stand in columns: about two and a half times as wide as high, 16 at most.
function inColumns(ctx, out, value, entries) {
	const hidden = entries > ctx.maxArrayLength ? 1 : 0; // "... more items" has a line of its own
	const count = out.length - hidden, gap = 2;
	const widths = out.slice(0, count).map(width);
	const longest = Math.max(...widths) + gap;
	const total = widths.reduce((sum, n) => sum + n + gap, 0);
	if (longest * 3 + ctx.indentation >= ctx.breakLength || (total / longest <= 5 && longest - gap > 6))
		return out;
	const bias = Math.sqrt(longest - total / out.length);
	const biased = Math.max(longest - 3 - bias, 1);
	const columns = Math.min(Math.round(Math.sqrt(2.5 * biased * count) / biased),
		Math.floor((ctx.breakLength - ctx.indentation) / longest), ctx.compact * 4, 15);
	if (columns <= 1)
		return out;
	const lines = [], columnWidth = [];
	for (let i = 0; i < columns; i++) {
		let most = 0;
		for (let j = i; j < count; j += columns)
			most = Math.max(most, widths[j]);
		columnWidth.push(most + gap);
	}
	const right = value !== undefined && out.every((_, i) => i >= count || typeof value[i] === "number" ||
		typeof value[i] === "bigint");
	for (let i = 0; i < count; i += columns) {
		const end = Math.min(i + columns, count);
		let line = "";
		for (let j = i; j < end - 1; j++) {
			const pad = " ".repeat(columnWidth[j - i] - widths[j] - gap);
			line += right ? `${pad}${out[j]}, ` : `${out[j]}, ${pad}`;
		}
		line += right ? " ".repeat(columnWidth[end - 1 - i] - gap - widths[end - 1]) + out[end - 1] : out[end - 1];
		lines.push(line);
	}
	if (hidden)
		lines.push(out[count]);
	return lines;
}

function layOut(ctx, out, base, braces, extra, depth, value) {
	const front = base !== "" ? `${base} ` : "";
	if (ctx.compact === true) {
		if (fits(ctx, out, 0, base))
			return `${braces[0]}${front === "" ? "" : ` ${base}`} ${out.join(", ")} ${braces[1]}`;
		const indent = `\n${" ".repeat(ctx.indentation)}  `;
		// The first entry stands in the line of a short opening only: below others they would not line up.
		const first = base === "" && braces[0].length === 1 ? " " : `${base !== "" ? ` ${base}` : ""}${indent}`;
		return `${braces[0]}${first}${out.join(`,${indent}`)} ${braces[1]}`;
	}
	const entries = out.length;
	if (typeof ctx.compact === "number") {
		if (extra === ARRAY && entries > 6)
			out = inColumns(ctx, out, value, value.length ?? entries);
		if (ctx.currentDepth - depth < ctx.compact && entries === out.length) {
			const start = out.length + ctx.indentation + braces[0].length + base.length + 10;
			if (fits(ctx, out, start, base)) {
				const joined = out.join(", ");
				if (!joined.includes("\n"))
					return `${front}${braces[0]} ${joined} ${braces[1]}`;
			}
		}
	}
	const indent = `\n${" ".repeat(ctx.indentation)}`;
	return `${front}${braces[0]}${indent}  ${out.join(`,${indent}  `)}${indent}${braces[1]}`;
}

function fits(ctx, out, start, base) {
	let total = out.length + start;
	for (const text of out)
		total += ctx.colors ? width(text) : text.length;
	return total <= ctx.breakLength && !base.includes("\n");
}

module.exports = { OBJECT, ARRAY, width, layOut };
