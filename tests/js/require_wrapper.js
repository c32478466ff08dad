// What a file of CommonJS sees: this, arguments, module, exports, its own names, globals.
console.log(this === module.exports, this === exports, arguments.length, arguments[0] === exports, arguments[1] === require, arguments[2] === module, typeof arguments[3], arguments[4] === __dirname);
console.log(typeof module, typeof require, require.length, require.name, Object.keys(require).sort(), module.constructor.name);
var declared = 1;
let scoped = 2;
function named() {
	return this;
}
console.log(globalThis.declared, globalThis.scoped, globalThis.named, named() === globalThis, typeof globalThis.require, typeof globalThis.module);
undeclared = 3;
console.log(globalThis.undeclared, delete globalThis.undeclared, (function () {
	"use strict";
	return this;
})());
exports.one = 1;
module.exports.two = 2;
console.log(module.exports, exports === module.exports);
module.exports = { replaced: true };
console.log(exports.one, module.exports, this.one);
console.log(eval("typeof module"), new Function("return typeof module")(), typeof __filename, require("path").basename(__filename), require("path").basename(__dirname));
console.log([typeof window, typeof document, typeof self, typeof importScripts, typeof globalThis, typeof global].join());
console.log(Object.keys(globalThis).includes("process"), Object.getOwnPropertyDescriptor(globalThis, "console").enumerable, typeof structuredClone, typeof performance.now());
scoped = declared + scoped;
console.log(scoped, "done");
