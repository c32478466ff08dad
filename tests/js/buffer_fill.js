// fill and alloc with a filling: texts, numbers, buffers, ranges.
const show = (f) => {
	try {
		return f().toString("hex");
	} catch (error) {
		return `${error.name} ${error.code} ${error.message}`;
	}
};
const make = () => Buffer.alloc(6, 0x11);
for (const args of [["ab"], ["abc", 1], ["abc", 1, 4], ["☃"], ["é", "latin1"], ["ff", "hex"], ["ff", 2, "hex"], ["ffee", 1, 4, "hex"], [""], ["", 2],
	[0], [256], [-1], [1.9], [true], [null], [undefined], [Buffer.from([1, 2])], [new Uint8Array([7, 8, 9]), 2], [Buffer.alloc(0)], [{}],
	["a", -1], ["a", 7], ["a", 0, 7], ["a", 0, -1], ["a", 4, 2], ["a", "nope"], ["a", 1.5], ["a", "1"], ["zz", "hex"], ["a", 0, 2, 5]])
	console.log(JSON.stringify(args), show(() => make().fill(...args)));
for (const args of [[3, "ab"], [3, "6162", "hex"], [3, 300], [3, Buffer.from([1, 2])], [4, "☃"], [0, "a"], [2, ""], [3, "a", "nope"], [3, "a", 5], [2, Buffer.alloc(0)]])
	console.log(JSON.stringify(args), show(() => Buffer.alloc(...args)));
for (const size of ["5", null, undefined, {}, true])
	for (const make of ["alloc", "allocUnsafe", "allocUnsafeSlow"])
		console.log(make, show(() => Buffer[make](size)));
console.log(Buffer.allocUnsafe(3).length, Buffer.alloc(2.9).length, Buffer.alloc(0).length);
console.log("done");
