// slice and subarray share memory; iterating, swapping, properties of Uint8Array, inspection.
const b = Buffer.from("abcdefgh");
const part = b.slice(2, 5), view = b.subarray(-3);
part[0] = 0x58;
view.fill("z");
console.log(b.toString(), part.toString(), view.toString(), part instanceof Buffer, part.buffer === b.buffer, part.byteOffset - b.byteOffset);
for (const args of [[], [3], [3, 5], [-2], [-5, -2], [5, 2], [99], [0, 99], [-99], ["2", "4"], [1.9, 3.9], [NaN], [null, 2], [undefined, 3]])
	console.log(JSON.stringify(args), b.slice(...args).toString(), b.subarray(...args).toString());
console.log([...b.keys()].join(), [...b.values()].slice(0, 3), [...b.entries()][1], [...b].length);
const mapped = b.map((n) => n + 1);
console.log(mapped, mapped instanceof Buffer, b.filter((n) => n > 0x62) instanceof Buffer, b.reverse().toString(), Buffer.from(b).sort().toString());
console.log(Uint8Array.prototype.slice.call(b, 0, 2) instanceof Buffer, b.at(-1), b.join("-"), b.some((n) => n === 0x7a), b.findIndex((n) => n === 1));
console.log(Buffer.from("01020304", "hex").swap16(), Buffer.from("0102030405060708", "hex").swap64());
for (const [method, size] of [["swap16", 3], ["swap32", 6], ["swap64", 4]])
	try {
		Buffer.alloc(size)[method]();
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
b[0] = 300;
b[1] = -1;
b[100] = 5;
console.log(b[0], b[1], b[100], b.length, 100 in b);
console.log(Buffer.alloc(51), Buffer.alloc(52, 1), Buffer.alloc(0), [Buffer.from("in an array")], { b: Buffer.from("x") });
const named = Buffer.from("a");
named.extra = { x: 1 };
console.log(named, require("buffer").INSPECT_MAX_BYTES, new (class Sub extends Uint8Array {})(2));
console.log(Buffer.isBuffer(new Uint8Array(1)), Buffer.isBuffer(null), Buffer.isBuffer(mapped), Buffer.isBuffer({ __proto__: Buffer.prototype }));
console.log(require("buffer").constants.MAX_STRING_LENGTH > 0, require("buffer").Buffer === Buffer, typeof require("buffer").kMaxLength, "done");
