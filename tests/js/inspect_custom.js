// inspect.custom: what it is called with, what it may return.
const { inspect, format } = require("util");
const { custom } = inspect;
console.log(custom === Symbol.for("nodejs.util.inspect.custom"));
const tell = (label, value) => ({ [custom](depth, options, given) {
	return value === undefined ? `${label} depth ${depth} ${given === inspect} ${typeof options.stylize} ${options.depth}` : value;
} });
console.log(inspect(tell("top")), inspect({ a: tell("in") }), inspect([[tell("deep")]]), inspect(tell("d"), { depth: 5 }), inspect({ a: tell("n") }, { depth: null }));
console.log(inspect(tell("", { made: 1 })), inspect({ a: tell("", [1, "x"]) }), inspect(tell("", 5)), inspect(tell("", null)), inspect(tell("", "text\nwith lines")), inspect({ k: { l: tell("", "text\nwith lines") } }));
console.log(inspect(tell("off"), { customInspect: false }).includes("custom"));
class Money {
	constructor(n) {
		this.n = n;
	}

	[custom](depth, options) {
		if (depth < 0)
			return options.stylize("[Money]", "special");
		return `Money<${inspect(this.n, options)}>`;
	}
}
console.log(new Money(5), [new Money({ a: { b: { c: 1 } } })], { a: { b: { c: new Money(1) } } }, { a: { b: { c: { d: new Money(1) } } } });
console.log(JSON.stringify(inspect(new Money("x"), { colors: true })), JSON.stringify(inspect([[[[new Money(1)]]]], { colors: true })));
console.log(format("%s %o %O %j", new Money(1), new Money(2), new Money(3), new Money(4)), `${format(new Money(6))}`);
const own = { [custom]: inspect };
console.log(inspect(own).includes("inspect"));
console.log(inspect({ [custom]: 5 }), inspect({ inspect: () => "not used" }));
const self = { [custom]() {
	return self;
}, a: 1 };
console.log(inspect(self).split("\n").length > 0);
try {
	inspect({ [custom]() {
		throw new TypeError("in custom");
	} });
} catch (error) {
	console.log(error.message);
}
console.log(inspect({ toString: () => "x", toJSON: () => "y" }).includes("toString"), "done");
