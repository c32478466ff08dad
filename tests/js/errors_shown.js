// Errors as console shows them; stacks are compared by their first line.
const util = require("util");
const cut = (value) => util.inspect(value).split("\n").filter((line) => !/^ +at |lines matching cause/.test(line)).join("\n").replace(/ at .*$/gm, "");
console.log(cut(new Error("plain")));
console.log(cut(new TypeError("typed")));
const e = new Error("extra"); e.code = "E_X"; e.more = { a: 1 };
console.log(cut(e));
class Own extends Error { constructor(m) { super(m); this.name = "Own"; } }
console.log(cut(new Own("mine")));
class Plain extends Error {}
console.log(cut(new Plain("no name")));
console.log(cut(new Error("outer", { cause: new Error("inner") })).replace(/\s+/g, " "));
console.log(String(new Own("s")), Object.prototype.toString.call(new Own("x")), new Error("m").message, Object.keys(e));
const bare = new Error("bare"); bare.stack = "bare stack"; console.log(bare); console.log([bare]);
console.log(util.isDeepStrictEqual(new Error("a"), new Error("a")), new Error("x") instanceof Error);
try { null.x; } catch (error) { console.log(error.name); }
try { undefinedName; } catch (error) { console.log(error.name); }
console.log("done");
