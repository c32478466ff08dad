// Answers that come later: behind promises, ticks, timers; several at once.
const http = require("http");
const { ask, get } = require("./http/raw");
const wait = require("timers/promises").setTimeout;

const said = [];
let last, left;
const server = http.createServer(async (req, res) => {
	const path = req.url;
	if (path === "/await")
		await null;
	else if (path === "/timer")
		while (left > 1) // the others are not held up by it
			await wait(5);
	else if (path === "/immediate")
		await new Promise((resolve) => setImmediate(resolve));
	else if (path === "/tick")
		await new Promise((resolve) => process.nextTick(resolve));
	else if (path === "/microtask")
		await new Promise((resolve) => queueMicrotask(resolve));
	res.setHeader("X-Path", path);
	res.end(`${path} ${req.headers.host}`);
});
const paths = ["/timer", "/await", "/immediate", "/tick", "/microtask", "/at-once"];
server.listen(0, "127.0.0.1", () => {
	left = paths.length;
	for (const path of paths)
		ask(server.address().port, get(path), (text) => {
			last = path;
			said.push(`${path} ${text.includes(`X-Path: ${path}\r\n`)} ${text.includes(`${path} localhost`)}`);
			if (--left === 0)
				server.close(() => console.log(said.sort().join("\n"), last, "done"));
		});
});
