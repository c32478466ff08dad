// Buffer.from and new Buffer's other forms: arrays, views, objects, offsets, sharing.
const show = (...args) => {
	try {
		const b = Buffer.from(...args);
		return `${b.toString("hex")} ${b.length}`;
	} catch (error) {
		return `${error.name} ${error.code} ${error.message}`;
	}
};
console.log(show([1, 2.9, -1, 256, "7", "x", null, undefined, true, NaN]), show([]), show(new Array(3)));
console.log(show({ length: 2, 0: 5, 1: 6 }), show({ length: 1.5, 0: 3 }), show({ length: "2", 0: 1 }), show({ length: -1 }), show({ 0: 1 }));
console.log(show(new Uint16Array([1, 258, 65535])), show(new Float32Array([1.5, -2])), show(new DataView(new ArrayBuffer(2))));
console.log(show(new String("boxed")), show(Object("x"), "hex"), show({ valueOf: () => "of value" }), show({ [Symbol.toPrimitive]: () => "primitive" }), show({ valueOf: () => null }));
console.log(show({ type: "Buffer", data: [9, 8] }), show({ type: "Buffer", data: "x" }), show(JSON.parse(JSON.stringify(Buffer.from("json")))));
const memory = new ArrayBuffer(8);
new Uint8Array(memory).set([1, 2, 3, 4, 5, 6, 7, 8]);
console.log(show(memory), show(memory, 2), show(memory, 2, 3), show(memory, 8), show(memory, 9), show(memory, 0, 9), show(memory, "2"), show(memory, 1, -5), show(memory, NaN, undefined), show(memory, 1, null));
const shared = Buffer.from(memory, 1, 2);
shared[0] = 99;
console.log(new Uint8Array(memory)[1], shared.buffer === memory, shared.byteOffset, shared.parent === memory, shared.offset);
for (const bad of [undefined, null, 5, true, 1n, Symbol("s"), {}, new Date(0), /x/, new Number(5), new Map()])
	console.log(show(bad));
for (const encoding of ["utf8", "UTF-8", "Hex", "BASE64", "base64URL", "LATIN1", "Binary", "ucs-2", "UTF16LE", "utf-16le", null, undefined, "", 5, {}])
	console.log(String(encoding), show("6162", encoding));
for (const encoding of ["nope", "utf-7", " utf8", "utf 8"])
	console.log(show("a", encoding), Buffer.isEncoding(encoding));
const copy = Buffer.from(shared);
copy[0] = 1;
console.log(shared[0], Buffer.of(1, 2, 300, "4").toString("hex"), Buffer.of().length, Buffer.copyBytesFrom === undefined || show(Buffer.copyBytesFrom(new Uint16Array([1, 2, 3]), 1, 1)));
console.log(Buffer.from("abc") instanceof Uint8Array, Buffer.from("abc").constructor === Buffer, Object.prototype.toString.call(Buffer.alloc(1)), Buffer.name, Buffer.poolSize);
console.log("done");
