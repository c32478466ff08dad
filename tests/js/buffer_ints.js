// The readers and writers of numbers, at every edge.
const edges = { UInt8: [0, 255], Int8: [-128, 127], UInt16LE: [0, 65535], UInt16BE: [0, 65535], Int16LE: [-32768, 32767], Int16BE: [-32768, 32767], UInt32LE: [0, 4294967295], UInt32BE: [0, 4294967295], Int32LE: [-2147483648, 2147483647], Int32BE: [-2147483648, 2147483647] };
const tell = (run) => {
	try {
		return run();
	} catch (error) {
		return `${error.name} ${error.code} ${error.message}`;
	}
};
for (const [name, [low, high]] of Object.entries(edges)) {
	const b = Buffer.alloc(5);
	for (const value of [low, high])
		console.log(name, tell(() => b[`write${name}`](value, 1)), b.toString("hex"), b[`read${name}`](1));
	console.log(tell(() => b[`write${name}`](low - 1)), tell(() => b[`write${name}`](high + 1)));
	console.log(tell(() => b[`write${name}`]("5")), tell(() => b[`write${name}`](1.9)), tell(() => b[`write${name}`](NaN)), tell(() => b[`write${name}`](undefined)), b.toString("hex"));
	for (const offset of [5, -1, 1.1, "0", null, NaN, Infinity])
		console.log(offset, tell(() => b[`read${name}`](offset)), tell(() => b[`write${name}`](1, offset)));
}
for (const name of ["BigInt64LE", "BigInt64BE", "BigUInt64LE", "BigUInt64BE"]) {
	const b = Buffer.alloc(9);
	for (const value of [0n, 1n, -1n, 2n ** 63n - 1n, 2n ** 63n, -(2n ** 63n), 2n ** 64n - 1n, 2n ** 64n])
		console.log(name, tell(() => b[`write${name}`](value, 1)), b.toString("hex"), String(b[`read${name}`](1)));
	console.log(tell(() => b[`read${name}`](2)));
}
for (const name of ["FloatLE", "FloatBE", "DoubleLE", "DoubleBE"]) {
	const b = Buffer.alloc(8);
	for (const value of [0, -0, 1.1, NaN, Infinity, -Infinity, 1e40, 5e-324, "2.5"])
		console.log(name, b[`write${name}`](value), b.toString("hex"), b[`read${name}`]());
	console.log(tell(() => b[`read${name}`](6)), tell(() => Buffer.alloc(2)[`read${name}`]()));
}
for (let n = 1; n <= 6; n++)
	for (const name of ["IntLE", "IntBE", "UIntLE", "UIntBE"]) {
		const b = Buffer.alloc(7), signed = name.startsWith("I"), high = signed ? 2 ** (8 * n - 1) - 1 : 2 ** (8 * n) - 1;
		console.log(name, n, b[`write${name}`](high, 1, n), b.toString("hex"), b[`read${name}`](1, n), tell(() => b[`write${name}`](high + 1, 0, n)), tell(() => b[`write${name}`](signed ? -1 : 1, 0, n)), b.toString("hex"), b[`read${name}`](0, n));
	}
const b = Buffer.alloc(4);
for (const args of [[0, 0], [0, 7], [0, "1"], [0, 1.5], [0], [], [3, 2], [-1, 1], ["0", 1]])
	console.log(JSON.stringify(args), tell(() => b.readIntLE(...args)), tell(() => b.readUIntBE(...args)), tell(() => b.writeUIntLE(1, ...args)));
console.log(b.readUint16LE === b.readUInt16LE, b.writeUint8 === b.writeUInt8, b.readBigUint64LE === b.readBigUInt64LE, b.readUintBE === b.readUIntBE, "done");
