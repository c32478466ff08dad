// What test_js_eddy.py asks of the library "eddy".
const eddy = require("eddy");

const parked = [];
const failure = (call) => {
	try {
		return String(call());
	} catch (error) {
		return `${error.name} ${error.code}: ${error.message}`;
	}
};
const handlers = {
	"/send": (req, res) => res.end(String(eddy.send("test", { from: eddy.workerId, text: "für alle", list: [1, null] }))),
	"/failures": (req, res) => res.end([
		failure(() => eddy.send("test", "x".repeat(70000))),
		failure(() => eddy.send("test", undefined)),
		failure(() => eddy.send("", 1)),
		failure(() => eddy.send(7, 1)),
		failure(() => eddy.on("test")),
		failure(() => eddy.onDrain("x")),
		failure(() => require("node:eddy")),
	].join("\n")),
	"/park": (req, res) => parked.push(res),
};
const once = (message) => {
	console.log("once", message.text);
	eddy.off("test", once);
};

eddy.on("test", once).on("test", (message) => {
	console.log(`worker ${eddy.workerId} heard ${JSON.stringify(message)}`);
	throw new Error("of one listener");
});
eddy.on("test", () => console.log("the next hears it, too"));
eddy.on("eddy.poll.poll", (post) => console.log(`a module's bytes: ${Buffer.isBuffer(post)} ${post.includes("Hello")}`));
eddy.onDrain(() => {
	for (const res of parked)
		res.end("the worker leaves\n");
	eddy.onDrain(() => console.log("added late"));
});

module.exports = (req, res) => handlers[req.url](req, res);
