// Hosts of the URL Standard: names, and addresses in all their forms.
"use strict";

const { domainToASCII } = require("url/idna");
const { C0, percent, unpercent } = require("url/percent");

function ipv4Number(part) {
	if (part === "")
		return NaN;
	if (/^0[xX][0-9a-fA-F]*$/.test(part))
		return part.length === 2 ? 0 : parseInt(part, 16);
	if (/^0[0-7]+$/.test(part))
		return parseInt(part, 8);
	return /^\d+$/.test(part) ? Number(part) : NaN;
}

// An address if the last label is a number; undefined: it is a name; null: it is neither.
function ipv4(host) {
	const parts = host.split(".");
	if (parts[parts.length - 1] === "" && parts.length > 1)
		parts.pop();
	const last = parts[parts.length - 1];
	if (!/^\d+$/.test(last) && Number.isNaN(ipv4Number(last)))
		return undefined;
	const numbers = parts.map(ipv4Number);
	if (parts.length > 4 || numbers.some(Number.isNaN) || numbers.slice(0, -1).some((n) => n > 255) ||
		numbers[numbers.length - 1] >= 256 ** (5 - numbers.length))
		return null;
	let value = numbers[numbers.length - 1];
	numbers.slice(0, -1).forEach((n, i) => {
		value += n * 256 ** (3 - i);
	});
	return [24, 16, 8, 0].map((shift) => Math.floor(value / 2 ** shift) % 256).join(".");
}

function ipv6(text) {
	const { isIPv6 } = require("net/address");
	if (text.includes("%") || !isIPv6(text))
		return null;
	const tail = /(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(text);
	if (tail)
		text = text.slice(0, tail.index) + ((tail[1] << 8 | tail[2]) >>> 0).toString(16) + ":" + ((tail[3] << 8 | tail[4]) >>> 0).toString(16);
	const [front, back] = text.split("::");
	const groups = (half) => half ? half.split(":").map((group) => parseInt(group, 16)) : [];
	const a = groups(front), b = back === undefined ? [] : groups(back);
	const all = back === undefined ? a : [...a, ...new Array(8 - a.length - b.length).fill(0), ...b];
	let best = { at: -1, n: 1 };
	for (let i = 0; i < 8; i++) {
		let n = 0;
		while (i + n < 8 && all[i + n] === 0)
			n++;
		if (n > best.n)
			best = { at: i, n };
	}
	const hex = (list) => list.map((n) => n.toString(16)).join(":");
	return best.at < 0 ? `[${hex(all)}]` : `[${hex(all.slice(0, best.at))}::${hex(all.slice(best.at + best.n))}]`;
}

function parseHost(text, special) {
	if (text.startsWith("["))
		return text.endsWith("]") ? ipv6(text.slice(1, -1)) : null;
	if (!special)
		// eslint-disable-next-line no-control-regex
		return /[\0\t\n\r #/<>?@[\\\]^|]/.test(text) ? null : percent(text, C0);
	const name = domainToASCII(unpercent(text));
	// eslint-disable-next-line no-control-regex
	if (name === "" || /[\0-\x20"#%/:<>?@[\\\]^`{|}\x7f]/.test(name))
		return null;
	const address = ipv4(name);
	return address === undefined ? name : address;
}

module.exports = { parseHost };
