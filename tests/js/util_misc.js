// The small functions of util.
const util = require("util");
for (const text of ["plain", "\u001b[31mred\u001b[39m", "\u001b[1;32mbold\u001b[0m x", "a\u001b]8;;http://x\u0007link\u001b]8;;\u0007b", "\u009b3m", ""])
	console.log(JSON.stringify(util.stripVTControlCharacters(text)));
for (const text of ["ok", "\ud800", "a\udc00b", "\ud834\udd1e", "\udd1e\ud834", 5, null])
	console.log(JSON.stringify(util.toUSVString(text)));
function Parent() {}
Parent.prototype.hi = function () {
	return "hi";
};
function Child() {}
util.inherits(Child, Parent);
console.log(new Child().hi(), Child.super_ === Parent, new Child() instanceof Parent, Object.keys(Child), Child.prototype.constructor === Child);
for (const args of [[null, Parent], [Child, null], [Child, {}], [Child, undefined], [Child, Object.create(null)]])
	try {
		util.inherits(...args);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log([-1, -2, -11, -13, -17, -32, -98, -104, -110, -111, -113].map((n) => util.getSystemErrorName(n)).join());
for (const bad of ["x", 5, null, 1.5])
	try {
		console.log(util.getSystemErrorName(bad));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(util.isArray([]), util.TextEncoder === TextEncoder, util.TextDecoder === TextDecoder, util.isDeepStrictEqual({ a: [1] }, { a: [1] }), typeof util.debuglog, util.debug === util.debuglog);
const log = util.debuglog("nothing");
log("not shown %d", 5);
console.log(log.enabled, typeof log);
const warnings = [];
process.on("warning", (w) => warnings.push([w.name, w.message, w.code]));
process.emitWarning = (message, type, code) => warnings.push([type, message, code]);
const old = util.deprecate(function old(a) {
	return [this && this.x, a, new.target !== undefined];
}, "old is old", "DEP0");
console.log(old.call({ x: 1 }, 2), old.name, old.length);
old();
util.deprecate(() => {}, "same code", "DEP0")();
util.deprecate(() => {}, "no code")();
class Shape {
	constructor(n) {
		this.n = n;
	}
}
const OldShape = util.deprecate(Shape, "shape", "DEP1");
console.log(new OldShape(3).n, new OldShape(1) instanceof Shape);
try {
	util.deprecate(() => {}, "x", 5);
} catch (error) {
	console.log(error.code, error.message);
}
setImmediate(() => console.log(warnings, "done"));
