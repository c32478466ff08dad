// process.stdout and stderr as streams.
process.stdout.write("one\n");
process.stdout.write("half of ");
process.stdout.write("a line\n", () => {
	console.log("written");
	process.stdout.write(Buffer.from("bytes é☃\n"));
	process.stdout.write("6869\n", "latin1");
	process.stdout.write("aGV4Cg==", "base64", () => console.log("done"));
});
console.log(process.stdout.write("returns "), process.stdout.writable, process.stdout.writableEnded, process.stdout instanceof require("stream").Writable);
for (const bad of [5, null, undefined, {}])
	try {
		process.stdout.write(bad);
	} catch (error) {
		console.log(error.name, error.code);
	}
