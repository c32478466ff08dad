const p = new URLSearchParams("?a=1&b=2&a=3&c&=d&e=%20+%C3%BC&f=%");
console.log(p, [...p], p.get("a"), p.getAll("a"), p.get("zz"), p.has("b"), p.has("a", "3"), p.has("a", "4"), p.size, String(p));
p.append("g", "h&i=j"); p.set("a", "new"); p.delete("b"); p.sort(); console.log(String(p), [...p.keys()], [...p.values()]);
p.forEach(function (value, name, all) { console.log(name, value, all === p, this.x); }, { x: 1 });
console.log(String(new URLSearchParams({ a: 1, b: [2, 3] })), String(new URLSearchParams([["x", "y"], ["x", "z"]])), String(new URLSearchParams(new Map([["m", "n"]]))), String(new URLSearchParams(p)) === String(p), String(new URLSearchParams("a=~!*()'-._ \u2603")), new URLSearchParams(), String(new URLSearchParams(undefined)));
for (const bad of [() => new URLSearchParams([["x"]]), () => new URLSearchParams([1]), () => p.get(), () => p.append("x"), () => p.forEach(1)])
	try { bad(); } catch (error) { console.log(error.name, error.code, error.message); }
console.log("done");
