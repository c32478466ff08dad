const b = Buffer.from([0xff, 0xfe, 0x01, 0x80, 0x7f, 0x00, 0x12, 0x34, 0xab]);
for (const name of ["UInt8", "Int8", "UInt16LE", "UInt16BE", "Int16LE", "Int16BE", "UInt32LE", "UInt32BE", "Int32LE", "Int32BE", "BigUInt64LE", "BigInt64BE", "FloatLE", "FloatBE", "DoubleLE", "DoubleBE"])
	console.log(name, b[`read${name}`](0), b[`read${name}`](1));
for (let n = 1; n <= 6; n++)
	console.log(n, b.readUIntLE(0, n), b.readUIntBE(1, n), b.readIntLE(2, n), b.readIntBE(3, n));
const w = Buffer.alloc(8);
console.log(w.writeUInt8(255), w.writeInt16BE(-2, 1), w.writeUInt32LE(0xdeadbeef, 3), w, w.writeDoubleBE(1.1), w, w.writeFloatLE(-1.5, 4), w, w.writeBigUInt64LE(12345678901234567890n), w, w.writeIntBE(-5, 0, 6), w, w.writeUIntLE(0x123456, 1, 3), w, w.readUint8(0), w.writeUint16LE(7, 0));
for (const bad of [() => w.readUInt8(8), () => w.readUInt8(-1), () => w.readUInt8(1.5), () => w.readUInt8("1"), () => w.writeUInt8(256), () => w.writeInt8(-129), () => w.writeUInt16LE(70000), () => w.readIntLE(0, 7), () => w.readUIntBE(0), () => Buffer.alloc(1).readUInt16LE(), () => w.writeUInt32BE(-1), () => w.writeInt32BE(2 ** 31), () => w.writeUIntBE(2 ** 40, 0, 5), () => w.readDoubleLE(1), () => w.writeBigInt64LE(2n ** 63n), () => w.writeBigUInt64BE(-1n)])
	try { bad(); console.log("no error"); } catch (error) { console.log(error.name, error.code, error.message); }
console.log("done");
