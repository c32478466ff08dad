// Errors in inspect: without their stacks' frames, which engines write in their own ways.
const { inspect } = require("util");
const bare = (error, stack) => {
	error.stack = stack ?? `${error.name}: ${error.message}\n    at here (file.js:1:2)`;
	return error;
};
console.log(bare(new Error("plain")), [bare(new TypeError("in a list"))], { e: bare(new RangeError("in an object")) });
console.log(bare(Object.assign(new Error("props"), { code: "E_X", nested: { a: { b: { c: 1 } } } })));
console.log(bare(new Error("cause", { cause: bare(new Error("inner")) })), bare(new Error("cause text", { cause: "why" })), bare(new Error("cause undefined", { cause: undefined })));
console.log(bare(new AggregateError([bare(new Error("one")), bare(new Error("two"))], "many")));
const named = new Error("renamed");
named.name = "Custom";
console.log(bare(named, "Error: renamed\n    at here"));
class Mine extends Error {}
class Other extends TypeError {
	get name() {
		return "Others";
	}
}
console.log(bare(new Mine("m"), "Error: m\n    at x"), bare(new Other("o"), "TypeError: o\n    at x"));
console.log(bare(new Error(""), "Error\n    at x"), bare(new Error("multi\nline"), "Error: multi\nline\n    at x"));
for (const stack of ["", "just text", undefined, null, 5, {}]) {
	const e = new Error("odd stack");
	e.stack = stack;
	if (stack !== undefined)
		console.log(inspect(e));
}
const gone = new Error("no stack");
delete gone.stack;
console.log(inspect(bare(gone, "Error: no stack")), inspect(bare(new Error("[in brackets]"), "Error: [in brackets]")));
const e = bare(new Error("hidden"));
Object.defineProperty(e, "secret", { value: 1 });
console.log(e, Object.keys(e), inspect(e, { depth: -1 }));
console.log(inspect({ a: { b: { c: bare(new Error("deep")) } } }), inspect(Object.setPrototypeOf(bare(new Error("no proto")), null)).split("\n")[0]);
const looped = bare(new Error("loop"));
looped.self = looped;
console.log(looped);
console.log(String(new Error("s")), Object.prototype.toString.call(new Mine()), `${new Other("t")}`, "done");
