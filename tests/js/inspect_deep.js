// What is too deep to be shown is interrupted, and throws nothing.
const util = require("util");

class Link {
	constructor(next) {
		this.next = next;
	}
}

function nested(wrap) {
	let value = wrap(1);
	for (let i = 0; i < 8000; i++)
		value = wrap(value);
	return value;
}

for (const wrap of [(o) => ({ o }), (o) => [o], (o) => new Link(o), (o) => new Map([[1, o]]), (o) => new Set([o]),
	(o) => Object.assign(Object.create(null), { o })]) {
	const value = nested(wrap);
	for (const options of [{ depth: Infinity }, { depth: null, compact: false }])
		console.log(/\[.*interrupted.*\]/i.exec(util.inspect(value, options))?.[0]);
	console.log(util.inspect(value), value);
}

let half = 1;
for (let i = 0; i < 500; i++)
	half = { half };
console.log(util.inspect(half, { depth: Infinity }).split("half: ").length);

console.log(util.inspect([nested((o) => [o]), 2], { depth: Infinity }).slice(-10));
try {
	util.inspect({ [util.inspect.custom]() {
		throw new RangeError("a script's own");
	} });
} catch (error) {
	console.log(error.message);
}
console.log(util.inspect({ a: { b: Object.create(null), c: Object.assign(Object.create(null), { d: 1 }), e: new Link(1) } }, { depth: 0 }),
	util.inspect({ c: Object.assign(Object.create(null), { d: 1 }) }, { depth: 0 }),
	util.inspect([Object.setPrototypeOf([1], null)], { depth: 0 }));
console.log("done");
