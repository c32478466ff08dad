// util.types.
"use strict";

const tag = (value) => Object.prototype.toString.call(value).slice(8, -1);
const TypedArray = Object.getPrototypeOf(Uint8Array);
const kindOf = Object.getOwnPropertyDescriptor(TypedArray.prototype, Symbol.toStringTag).get;

// Whether a method that only its own kind of object has can be called.
function has(method) {
	return (value) => {
		if (value === null || typeof value !== "object")
			return false;
		try {
			method(value);
			return true;
		} catch {
			return false;
		}
	};
}
const getter = (prototype, name) => {
	const { get } = Object.getOwnPropertyDescriptor(prototype, name);
	return (value) => get.call(value);
};
const boxed = (constructor) => has((value) => constructor.prototype.valueOf.call(value));
const AsyncFunction = (async () => {}).constructor;

const types = {
	isDate: has((value) => Date.prototype.getTime.call(value)),
	isRegExp: (value) => value !== null && typeof value === "object" && tag(value) === "RegExp",
	isMap: has(getter(Map.prototype, "size")),
	isSet: has(getter(Set.prototype, "size")),
	isWeakMap: has((value) => WeakMap.prototype.has.call(value, value)),
	isWeakSet: has((value) => WeakSet.prototype.has.call(value, value)),
	isArrayBuffer: has(getter(ArrayBuffer.prototype, "byteLength")),
	isSharedArrayBuffer: (value) => tag(value) === "SharedArrayBuffer",
	isAnyArrayBuffer: (value) => types.isArrayBuffer(value) || types.isSharedArrayBuffer(value),
	isArrayBufferView: ArrayBuffer.isView,
	isDataView: has(getter(DataView.prototype, "byteLength")),
	isTypedArray: (value) => kindOf.call(value) !== undefined,
	isPromise: (value) => value instanceof Promise,
	isNativeError: (value) => value instanceof Error && tag(value) === "Error",
	isProxy: () => false,
	isAsyncFunction: (value) => typeof value === "function" && (value instanceof AsyncFunction || tag(value) === "AsyncGeneratorFunction"),
	isGeneratorFunction: (value) => typeof value === "function" && /GeneratorFunction$/.test(tag(value)),
	isGeneratorObject: (value) => value !== null && typeof value === "object" && tag(value) === "Generator",
	isArgumentsObject: (value) => value !== null && typeof value === "object" && tag(value) === "Arguments",
	isMapIterator: (value) => tag(value) === "Map Iterator",
	isSetIterator: (value) => tag(value) === "Set Iterator",
	isNumberObject: boxed(Number),
	isStringObject: boxed(String),
	isBooleanObject: boxed(Boolean),
	isBigIntObject: boxed(BigInt),
	isSymbolObject: boxed(Symbol),
	isModuleNamespaceObject: (value) => tag(value) === "Module",
	isExternal: () => false,
	isKeyObject: () => false,
	isCryptoKey: () => false,
};
types.isBoxedPrimitive = (value) => types.isNumberObject(value) || types.isStringObject(value) || types.isBooleanObject(value) ||
	types.isBigIntObject(value) || types.isSymbolObject(value);
for (const name of ["Uint8Array", "Uint8ClampedArray", "Uint16Array", "Uint32Array", "Int8Array", "Int16Array", "Int32Array",
	"Float32Array", "Float64Array", "BigInt64Array", "BigUint64Array"])
	types[`is${name}`] = (value) => kindOf.call(value) === name;

module.exports = types;
