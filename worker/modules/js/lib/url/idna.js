// Names of hosts with other letters than ASCII's: punycode of RFC 3492, both ways.
"use strict";

function punycode(label) {
	const points = [...label].map((character) => character.codePointAt(0));
	let out = points.filter((code) => code < 0x80).map((code) => String.fromCharCode(code)).join("");
	const basic = out.length;
	let n = 128, delta = 0, bias = 72, done = basic;
	if (basic > 0)
		out += "-";
	while (done < points.length) {
		const next = Math.min(...points.filter((code) => code >= n));
		delta += (next - n) * (done + 1);
		n = next;
		for (const code of points) {
			if (code < n)
				delta++;
			if (code !== n)
				continue;
			let q = delta;
			for (let k = 36; ; k += 36) {
				const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
				if (q < t)
					break;
				out += digit(t + (q - t) % (36 - t));
				q = Math.floor((q - t) / (36 - t));
			}
			out += digit(q);
			bias = adapted(delta, done + 1, done === basic);
			delta = 0;
			done++;
		}
		delta++;
		n++;
	}
	return `xn--${out}`;
}
const digit = (d) => String.fromCharCode(d < 26 ? d + 97 : d + 22);
function adapted(delta, n, first) {
	delta = first ? Math.floor(delta / 700) : delta >> 1;
	delta += Math.floor(delta / n);
	let k = 0;
	for (; delta > 455; k += 36)
		delta = Math.floor(delta / 35);
	return k + Math.floor(36 * delta / (delta + 38));
}

// What punycode has made of a label; undefined: it is none of its.
function fromPunycode(label) {
	const cut = label.lastIndexOf("-"), points = cut > 0 ? [...label.slice(0, cut)].map((one) => one.codePointAt(0)) : [];
	let n = 128, at = 0, bias = 72, i = cut > 0 ? cut + 1 : 0;
	while (i < label.length) {
		const before = at;
		let weight = 1;
		for (let k = 36; ; k += 36) {
			const code = label.charCodeAt(i++), d = code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? code - 22 : -1;
			if (d < 0)
				return undefined;
			at += d * weight;
			const t = k <= bias ? 1 : k >= bias + 26 ? 26 : k - bias;
			if (d < t)
				break;
			weight *= 36 - t;
		}
		const count = points.length + 1;
		bias = adapted(at - before, count, before === 0);
		n += Math.floor(at / count);
		at %= count;
		if (n > 0x10ffff)
			return undefined;
		points.splice(at++, 0, n);
	}
	return String.fromCodePoint(...points);
}

function domainToUnicode(domain) {
	return domain.split(".").map((label) =>
		label.startsWith("xn--") ? fromPunycode(label.slice(4)) ?? label : label).join(".");
}

// "" if it is no domain: a label of punycode's has ASCII only.
function domainToASCII(domain) {
	const labels = domain.normalize("NFKC").toLowerCase().replace(/[\u3002\uff0e\uff61]/g, ".").split(".");
	if (labels.some((label) => /^xn--.*[^\0-\x7f]/.test(label)))
		return "";
	return labels.map((label) => /[^\0-\x7f]/.test(label) ? punycode(label) : label).join(".");
}

module.exports = { domainToASCII, domainToUnicode };
