// error.stack: its first line, its frames, who may change it, and the constructors that make it.
const first = (error) => String(error.stack).split("\n    at ")[0];
// The function and the line of a frame; columns each engine counts in its own way.
const place = (error, i = 1) => {
	const [, name, file, line] = /^ {4}at (?:(?:new )?(.*) \()?(.*):(\d+):\d+\)?$/.exec(error.stack.split("\n")[i]);
	return `${name} ${file === __filename} ${line}`;
};
const attempt = (what) => {
	try {
		return what();
	} catch (error) {
		return `${error.name} ${error.code}`;
	}
};

function deep() {
	const made = new RangeError("deep");
	return made;
}
function deeper() {
	const made = deep();
	return made;
}
const made = deeper();
console.log(first(made), "|", place(made), "|", place(made, 2));
for (const name of ["Error", "EvalError", "RangeError", "ReferenceError", "SyntaxError", "TypeError", "URIError"]) {
	const Class = globalThis[name], called = Class("called"), bare = new Class();
	console.log(name, Class.name, Class.length, first(called), first(bare), called instanceof Class, called instanceof Error,
		called.constructor === Class, Object.prototype.toString.call(called), Object.getPrototypeOf(Class).name,
		Object.keys(Class), Class.prototype.name, Object.hasOwn(called, "message"), Object.hasOwn(bare, "message"));
}
const many = new AggregateError([1, 2], "many", { cause: "why" });
console.log(first(many), many.errors, many.cause, AggregateError.length, first(AggregateError([])));
console.log(first(new Error("")), first(new Error(undefined)), first(new Error(null)), first(new Error("a\nb")));

// when the first line is made, and when not any more
const late = new Error("first");
late.message = "second";
console.log(first(late));
late.message = "third";
late.name = "Late";
console.log(first(late), String(late));
class Named extends Error {
	constructor(...given) {
		super(...given);
		this.name = "Named";
	}
}
function inner() {
	const error = new Named("named", { cause: made });
	return error;
}
console.log(first(inner()), place(inner()), inner().cause === made, inner() instanceof Named);
class Got extends TypeError {
	get name() {
		return "Got";
	}
}
console.log(first(new Got("got")), new Got("x") instanceof TypeError, Object.getPrototypeOf(Got) === TypeError);
function Old(message) {
	this.message = message;
	Error.captureStackTrace(this, Old);
}
Old.prototype = Object.create(Error.prototype, { constructor: { value: Old }, name: { value: "Old" } });
const old = new Old("style");
console.log(first(old), place({ stack: old.stack.replace("Object.<anonymous> (", "f (") }).split(" ").slice(1).join(" "));
console.log(first(Reflect.construct(Error, ["reflected"], TypeError)), Error.prototype.constructor === Error);

// the property
const own = new Error("own");
console.log(Object.keys(own), Object.getOwnPropertyNames(own).sort(), Object.hasOwn(own, "stack"), "line" in own,
	JSON.stringify(own), { ...own }, Object.getOwnPropertySymbols(own));
own.stack = "mine";
console.log(own.stack, Object.keys(own), delete own.stack, own.stack);
const child = Object.create(new Error("parent"));
console.log(first(child));
child.stack = "child's";
console.log(child.stack, Object.keys(child), first(Object.getPrototypeOf(child)));
const frozen = Object.freeze(new Error("frozen"));
console.log(first(frozen), first(frozen));
console.log(first(structuredClone(new TypeError("cloned"))));
console.log(require("util").types.isNativeError(new Named("x")), require("util").inspect(Error));

// the limit
function limited(limit) {
	Error.stackTraceLimit = limit;
	const error = new Error("limited");
	Error.stackTraceLimit = 10;
	return error.stack === undefined ? undefined : error.stack.split("\n").length;
}
console.log(Error.stackTraceLimit, [1, 2, 0, -1, "x", undefined, null, NaN].map(limited));
const recurse = (n) => n === 0 ? new Error("far") : [recurse(n - 1)][0];
console.log(recurse(30).stack.split("\n").length, Object.getOwnPropertyDescriptor(Error, "stackTraceLimit"));

// captureStackTrace
const plain = { a: 1 };
console.log(Error.captureStackTrace(plain), first(plain), Object.keys(plain));
const like = { name: "Like", message: "an error" };
Error.captureStackTrace(like);
console.log(first(like), attempt(() => Error.captureStackTrace(1)), attempt(() => Error.captureStackTrace(Object.freeze({}))));
function outer() {
	const error = hidden();
	return error;
}
function hidden() {
	const object = {};
	Error.captureStackTrace(object, hidden);
	return object;
}
console.log(place(outer()), TypeError.captureStackTrace === Error.captureStackTrace);
const again = new Error("again");
console.log(first(again));
again.message = "anew";
Error.captureStackTrace(again);
console.log(first(again));

// what the engine throws, once it has come by
process.once("uncaughtException", (error) => {
	console.log(error.name, /^TypeError: .*\n {4}at (?:Immediate\.)?thrower \(.*errors_stack\.js:\d+:\d+\)/.test(error.stack));
	Promise.reject(new Named("rejected"));
});
process.once("unhandledRejection", (error) => {
	console.log(first(error));
	console.log("done");
});
setImmediate(function thrower() {
	null.property;
});
