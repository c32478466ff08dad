// Answers that scripts make themselves, with new http.ServerResponse, to try a handler out: what they send waits for the
// socket that assignSocket gives them, which may be any stream.
const http = require("http");
const { PassThrough } = require("stream");

const request = (more) => ({ method: "GET", httpVersionMajor: 1, httpVersionMinor: 1, headers: {}, ...more });
const response = (more) => new http.ServerResponse(request(more));

function sent(text) {
	return JSON.stringify(text.replace(/Date: [^\r]*\r\n/, "Date\r\n"));
}

function collect(out) {
	let text = "";
	out.on("data", (piece) => {
		text += piece.toString("latin1");
	});
	return () => sent(text);
}

function tried(call) {
	try {
		return call();
	} catch (error) {
		return `${error.code} ${error.message}`;
	}
}

const late = response();
for (const name of ["socket", "prefinish", "finish", "close"])
	late.on(name, () => console.log("late", name, late.writableFinished));
late.setHeader("A", ["b", "c"]);
late.statusCode = 202;
console.log(late._header, late.socket, late.write("x"), late.writableLength > 0, late.headersSent, late._hasBody);
late.end("y", () => console.log("late, end's callback"));
console.log(late.finished, late.writableEnded, late.writableFinished, late.destroyed, late._header.split("\r\n")[0]);

const old = response({ httpVersionMinor: 0 });
old.writeHead(200, "Fine", { "X-A": 1 });
old.end("z");
console.log(sent(old._header));

const WAYS = {
	whole: (res) => res.end("hi"),
	none: (res) => res.end(),
	head(res) {
		res.writeHead(200);
		res.end("hi");
	},
	pieces(res) {
		res.write("a");
		res.write(Buffer.from("bc"));
		res.end("d\u00e9");
	},
	length(res) {
		res.setHeader("Content-Length", 3);
		res.write("abc");
		res.end();
	},
	empty(res) {
		res.statusCode = 204;
		res.end("x");
	},
	trailers(res) {
		res.setHeader("Trailer", "X-T");
		res.write("a");
		res.addTrailers({ "X-T": "1" });
		res.end();
	},
	interim(res) {
		res.writeContinue();
		res.writeEarlyHints({ link: "</a.css>; rel=preload" });
		res.end("x");
	},
	flush(res) {
		res.flushHeaders();
		res.end("x");
	},
	close(res) {
		res.setHeader("Connection", "close");
		res.end("x");
	},
	latin(res) {
		res.setHeader("X", "\u00e9");
		res.end("\u00e9", "latin1");
	},
	undated(res) {
		res.sendDate = false;
		res.end();
	},
};
for (const [name, way] of Object.entries(WAYS)) {
	const res = response(), out = new PassThrough(), text = collect(out), events = [];
	for (const event of ["socket", "prefinish", "finish", "close", "drain"])
		res.on(event, () => events.push(event));
	res.assignSocket(out);
	way(res);
	setTimeout(() => {
		console.log(name, text(), events.join(), res.socket === out, res.writableFinished, res.finished);
		res.detachSocket(out);
		console.log(res.socket, res.connection, tried(() => res.detachSocket(out)).split(" ")[0]);
	}, 20);
}

const head = response({ method: "HEAD" }), headOut = new PassThrough(), headText = collect(headOut);
head.assignSocket(headOut);
head.end("body");
setTimeout(() => console.log("HEAD", headText(), head._hasBody), 25);

const cut = response(), cutOut = new PassThrough();
cut.assignSocket(cutOut);
console.log(tried(() => response().assignSocket(cutOut)));
cut.on("close", () => console.log("closed", cut.destroyed, cut.closed));
cut.write("x");
cut.destroy();
console.log(cut.destroyed, cutOut.destroyed);
cut.write("behind it", (error) => console.log(error.code));

const gone = response(), goneOut = new PassThrough();
goneOut.on("error", (error) => console.log("the socket's", error.message));
gone.destroy(new Error("gone"));
setTimeout(() => {
	gone.assignSocket(goneOut);
	console.log(goneOut.destroyed, gone.destroyed);
}, 30);

const timed = response(), timedOut = new PassThrough();
timedOut.setTimeout = (ms) => console.log("timeout", ms);
timed.setTimeout(7);
timed.assignSocket(timedOut);
timed.setTimeout(8);
timed.end();

const much = response();
console.log(much.write("x".repeat(20000)));
much.on("drain", () => console.log("drain"));
much.assignSocket(new PassThrough({ highWaterMark: 1e6 }));

setTimeout(() => {
	const out = new PassThrough(), text = collect(out);
	late.assignSocket(out);
	setTimeout(() => console.log(text(), "done"), 10);
}, 60);
