// URLSearchParams: what it is made of, its methods while it changes, and its iterators.
const show = (...args) => {
	try {
		return String(new URLSearchParams(...args));
	} catch (error) {
		return `${error.name} ${error.code} ${error.message}`;
	}
};
for (const from of ["", "?", "a", "a=", "=a", "=", "&", "a&b", "a=b=c", "??a", "a+b=c+d", "a%20b=%zz", "%C3%A9=%E9", "a=1&a=2&&b=3&", "#a", "é=☃", "a;b=c"])
	console.log(JSON.stringify(from), show(from), JSON.stringify([...new URLSearchParams(from)]));
console.log(show({ a: 1, b: undefined, c: null, d: [1, 2], e: {} }), show([["a", 1], ["b", "2"]]), show(new Map([["k", "v"]])), show(new Set([["x", "y"]])), show(new URLSearchParams("q=1")), show(null), show(undefined), show(5), show(true), show([["a"]]), show([["a", "b", "c"]]), show(["ab"]), show([1]), show({ [Symbol.iterator]: 5 }), show(() => {}), show((function* () {
	yield ["g", "h"];
})()), show([new Set(["s", "t"])]));
console.log(show("a= !\"#$%&'()*+,-./:;<=>?@[]^_`{|}~\u0000\u00e9\ud800"), show([["a b", "!'()*~-._"]]));
const p = new URLSearchParams("b=2&a=1&b=3&c=4");
const seen = [];
for (const [name] of p) {
	seen.push(name);
	if (name === "a")
		p.delete("b");
}
console.log(seen, String(p));
p.append("z", undefined);
p.set("c", null);
p.set("new", 5);
console.log(String(p), p.get("missing"), p.getAll("missing"), p.has("z"), p.size);
p.sort();
console.log(String(p), p.toString === p.toLocaleString);
const entries = p.entries();
console.log(entries.next(), Object.prototype.toString.call(entries), typeof entries[Symbol.iterator], p[Symbol.iterator] === p.entries, Object.prototype.toString.call(p));
const stable = new URLSearchParams("z=1&a=1&z=0&é=1&a=0&\ufffd=2&\ud83d\ude00=3");
stable.sort();
console.log([...stable.keys()].join());
for (const [method, ...args] of [["append", "x"], ["append"], ["delete"], ["get"], ["getAll"], ["has"], ["set", "x"], ["forEach"], ["forEach", 5]])
	try {
		p[method](...args);
	} catch (error) {
		console.log(method, error.name, error.code, error.message);
	}
p.forEach(function (value, name, all) {
	console.log(name, value, all === p, this.tag);
}, { tag: "this" });
try {
	URLSearchParams.prototype.get.call({}, "x");
} catch (error) {
	console.log(error.name, error.code);
}
console.log(new URLSearchParams("a=1&b=2"), p.keys(), p.values(), new URLSearchParams(), Object.keys(URLSearchParams.prototype).sort().join(), "done");
