// console.table, with cells as wide as their columns: node 20 puts others elsewhere than node 18 did.
const row = (a, b) => ({ "name": a, "size": b });
console.table({ "row-one": row("ab", 1234), "row-two": row("cd", 5678) });
console.table({ "row-one": row("ab", 1234), "row-two": row("cd", 5678) }, ["name"]);
console.table(5);
console.table("text");
console.table(null);
console.table(undefined);
console.table({ "a-index": { nested: { a: { b: 1 } } } }, ["none!"]);
try {
	console.table([1], "columns");
} catch (error) {
	console.log(error.name, error.code, error.message);
}
console.log("done");
