// AbortSignal: timeout, any, abort; the order of listeners and onabort, and reasons of every kind.
const order = [];
const c = new AbortController();
c.signal.onabort = (event) => order.push(`onabort ${event.type} ${event.target === c.signal} ${event.isTrusted === undefined}`);
c.signal.addEventListener("abort", () => order.push("first"));
c.signal.addEventListener("abort", () => order.push("once"), { once: true });
c.signal.onabort = () => order.push("replaced");
c.abort();
order.push("after");
c.abort("again");
console.log(order, c.signal.reason.name, c.signal.aborted);
for (const reason of [null, 0, "", "text", undefined, new Error("mine"), { a: 1 }]) {
	const one = new AbortController();
	one.abort(reason);
	try {
		one.signal.throwIfAborted();
		console.log("nothing thrown");
	} catch (thrown) {
		console.log(thrown === reason, thrown && thrown.name, one.signal.reason === thrown);
	}
}
new AbortController().signal.throwIfAborted();
const a = new AbortController(), b = new AbortController();
if (AbortSignal.any) {
	const any = AbortSignal.any([a.signal, b.signal]);
	any.addEventListener("abort", () => order.push("any"));
	b.abort("b first");
	a.abort("a second");
	console.log(any.aborted, any.reason, AbortSignal.any([]).aborted, AbortSignal.any([AbortSignal.abort("x"), AbortSignal.abort("y")]).reason);
	const nested = AbortSignal.any([AbortSignal.any([a.signal]), new AbortController().signal]);
	console.log(nested.reason, order.slice(-1));
	for (const bad of [5, undefined, [1]])
		try {
			AbortSignal.any(bad);
		} catch (error) {
			console.log(error.name);
		}
}
for (const bad of [-1, "x", NaN, undefined, 2 ** 53, 1.5])
	try {
		AbortSignal.timeout(bad);
		console.log("taken");
	} catch (error) {
		console.log(error.name, error.code);
	}
console.log(Object.prototype.toString.call(c), Object.prototype.toString.call(c.signal), c.signal instanceof EventTarget, AbortSignal.abort().onabort);
for (const make of [() => new AbortSignal(), () => AbortController(), () => AbortController.prototype.abort.call({}), () => Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted").get.call({})])
	try {
		make();
	} catch (error) {
		console.log(error.name);
	}
console.log(Object.keys(AbortController.prototype).join(), Object.keys(AbortSignal.prototype).join());
const t = AbortSignal.timeout(1);
console.log(t.aborted, t.reason);
const keep = setTimeout(() => {}, 1000);
t.onabort = () => {
	clearTimeout(keep);
	console.log(t.aborted, t.reason.name, t.reason.code, t.reason instanceof DOMException, "done");
};
