// copy, compare, equals, concat: ranges, overlaps and errors.
const show = (f) => {
	try {
		const value = f();
		return Buffer.isBuffer(value) ? value.toString("latin1") : String(value);
	} catch (error) {
		return `${error.name} ${error.code} ${error.message}`;
	}
};
const from = Buffer.from("abcdef");
for (const args of [[], [1], [1, 2], [0, 1, 3], [4], [6], [7], [0, 6], [0, 3, 2], [0, 0, 99], [undefined, 2], [1.7, 1.2, 2.9], ["1"], [NaN]]) {
	const to = Buffer.from("......");
	console.log(JSON.stringify(args), show(() => from.copy(to, ...args)), to.toString());
}
for (const args of [[-1], [0, -1], [0, 7], [0, 0, -1]])
	console.log(JSON.stringify(args), show(() => from.copy(Buffer.alloc(6), ...args)));
console.log(show(() => from.copy("text")), show(() => from.copy()), show(() => from.copy(new Uint8Array(3))));
const over = Buffer.from("123456");
over.copy(over, 2, 0, 4);
console.log(over.toString());
const other = Buffer.from("xxabcdefxx");
for (const args of [[], [2], [2, 8], [2, 8, 0, 6], [2, 8, 1], [2, 5, 0, 3], [0, 0], [5, 2], [2, 8, 6, 6], [2, 8, 3, 1]])
	console.log(JSON.stringify(args), from.compare(other, ...args));
for (const args of [["x"], [other, -1], [other, 0, 99], [other, 0, 1, -1], [other, 0, 1, 0, 99], [other, "1"], [other, 1.5]])
	console.log(show(() => from.compare(...args)));
console.log(Buffer.compare(Buffer.from([1]), new Uint8Array([1, 0])), show(() => Buffer.compare("a", from)), show(() => Buffer.compare(from)));
console.log([Buffer.from("b"), Buffer.from("a"), Buffer.from("ab")].sort(Buffer.compare).join());
console.log(from.equals(new Uint8Array([97, 98, 99, 100, 101, 102])), show(() => from.equals("abcdef")), show(() => from.equals()));
for (const args of [[[from, new Uint8Array([33])]], [[from], 3], [[from], 8], [[], 5], [[from], 0], [[from, from], 7.9], [[from], -1], [[from], "2"], [[from, "x"]], [[1]], ["x"], []])
	console.log(show(() => Buffer.concat(...args)).replace(/\0/g, "0"));
console.log("done");
