// emitWarning: its forms, and the event.
const stderrWrite = process.stderr.write;
process.stderr.write = () => true; // node tells of warnings there
const seen = [];
process.removeAllListeners("warning");
process.on("warning", (w) => seen.push([w.name, w.message, w.code, w.detail, w instanceof Error]));
process.emitWarning("plain");
process.emitWarning("typed", "TypeWarning");
process.emitWarning("coded", "CodeWarning", "C001");
process.emitWarning("options", { type: "OptionWarning", code: "C002", detail: "more to say" });
process.emitWarning("constructor", "W", "C003", function where() {});
process.emitWarning("no type", undefined, "C004");
const own = new Error("own");
own.name = "OwnWarning";
process.emitWarning(own);
process.emitWarning(new Error("an error"));
for (const args of [[], [5], [null], [{}], ["x", 5], ["x", "T", 5], ["x", { type: 5 }], ["x", null]])
	try {
		process.emitWarning(...args);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log(seen.length);
process.nextTick(() => {
	console.log(seen, "done");
});
