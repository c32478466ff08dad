// write and end: their argument forms, their callbacks, and what they refuse.
const { run, get } = require("./http/raw");

function tried(f) {
	try {
		return f();
	} catch (error) {
		return `${error.name} ${error.code}: ${error.message}`;
	}
}

run([
	["forms of write", undefined, (req, res) => {
		console.log(res.write("a"), res.write(Buffer.from("b")), res.write(new Uint8Array([99])), res.write("64", "hex"),
			res.write("ZQ==", "base64"), res.write(""), res.write("f", "latin1", () => {}), res.write("g", () => {}));
		res.end("h", "utf8");
	}],
	["forms of end", undefined, (req, res) => {
		console.log(res.end("61", "hex", () => console.log("ended")) === res);
	}],
	["end with a callback alone", undefined, (req, res, done) => {
		res.write("a");
		res.end(() => {
			console.log("ended", res.writableFinished);
			done();
		});
	}],
	["callbacks in their order", undefined, (req, res, done) => {
		res.on("finish", () => console.log("finish"));
		res.on("close", () => {
			console.log("close");
			done();
		});
		res.write("a", () => console.log("a is written"));
		res.write("b", () => console.log("b is written"));
		res.end("c", () => console.log("end"));
		console.log("returned");
	}],
	["pieces that are none", undefined, (req, res) => {
		for (const piece of [null, undefined, 1, true, {}, [], Symbol.iterator])
			console.log(tried(() => res.write(piece)));
		for (const piece of [1, true, {}, []])
			console.log(tried(() => res.end(piece)));
		console.log(res.headersSent, res.finished);
		res.end();
	}],
	["pieces that are nothing", undefined, (req, res) => {
		res.end(null);
		console.log(res.finished);
	}],
	["write after end", undefined, (req, res, done) => {
		res.on("error", (error) => {
			console.log("error", error.code, error.message);
			done();
		});
		res.end("x");
		console.log(res.write("y", (error) => console.log("callback", error.code)));
	}],
	["end after end", undefined, (req, res, done) => {
		res.on("error", (error) => console.log("error", error.code));
		res.end("x");
		console.log(res.end() === res);
		res.end(() => console.log("a later callback"));
		res.end("y", (error) => console.log("callback", error.code));
		res.on("close", () => {
			res.end((error) => {
				console.log("when it is over", error.code, error.message);
				done();
			});
		});
	}],
	["write when it is over", undefined, (req, res, done) => {
		res.end("x");
		res.on("error", (error) => console.log("error", error.code));
		res.on("close", () => {
			console.log(res.write("y", (error) => {
				console.log("callback", error.code);
				done();
			}));
		});
	}],
	["an empty body", undefined, (req, res) => res.end("")],
	["empty pieces", undefined, (req, res) => {
		res.write("");
		res.write(Buffer.alloc(0));
		res.end();
	}],
	["large pieces", undefined, (req, res) => {
		res.end(Buffer.alloc(100000, "x").toString() + "ä");
	}],
	["a large buffer", undefined, (req, res) => res.end(Buffer.alloc(70000, "y"))],
	["text of 5000 letters", undefined, (req, res) => res.end("z".repeat(5000))],
	["an error of pipe", undefined, (req, res) => {
		res.on("error", (error) => {
			console.log(error.code, error.message);
			res.end();
		});
		res.pipe(process.stdout);
	}],
]);
