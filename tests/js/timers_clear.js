// Timers that are cleared by others, by themselves, twice, or under another name.
const order = [];
setTimeout(() => {
	order.push("clears a and b");
	clearTimeout(a);
	clearInterval(b);
}, 1);
const a = setTimeout(() => order.push("never a"), 5);
const b = setTimeout(() => order.push("never b"), 5);
const c = setInterval(() => {
	order.push("c");
	clearTimeout(c);
	clearTimeout(c);
}, 1);
const d = setImmediate(() => order.push("never d"));
setImmediate(() => order.push("immediate"));
clearImmediate(d);
clearImmediate(d);
clearImmediate(undefined);
clearImmediate(null);
clearImmediate({});
clearTimeout(null);
clearTimeout(12345678);
clearTimeout("x");
clearInterval(undefined);
const e = setTimeout(() => order.push("never e"), 1);
clearTimeout(String(Number(e)));
const f = setTimeout(() => order.push("never f"), 1);
f.close();
console.log(f.hasRef(), c.hasRef(), a.unref() === a, a.hasRef(), a.ref() === a, a.hasRef());
const first = setImmediate(() => {
	order.push("first clears second");
	clearImmediate(second);
});
const second = setImmediate(() => order.push("never second"));
const g = setTimeout((...args) => {
	order.push(args.join());
	order.push(String(g.refresh === undefined));
}, 2, 1, "two", null);
console.log(first.hasRef(), typeof +g, `${g}` === String(+g), g[Symbol.toPrimitive]() === +g, Number.isInteger(+g));
let n = 0;
const h = setTimeout(() => {
	order.push(`h ${++n}`);
	if (n < 3)
		h.refresh();
	else // all the others were due before
		setTimeout(() => {
			console.log(order.sort());
			console.log("done");
		}, 1);
}, 2);
for (const [name, args] of [["setTimeout", []], ["setInterval", ["text"]], ["setImmediate", [null]], ["setTimeout", [{}, 5]], ["queueMicrotask", [5]]])
	try {
		globalThis[name](...args);
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
try {
	process.nextTick("x");
} catch (error) {
	console.log(error.name, error.code, error.message);
}
console.log(require("timers").setTimeout === setTimeout, require("node:timers").clearImmediate === clearImmediate, setTimeout.name, setInterval.name);
