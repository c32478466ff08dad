// Server-sent events: one with the time every second, to everybody who listens. One who reads too slowly
// misses beats, instead of having them pile up here.
//
//	module "ticks" { path = "js.so"  options { script = "ticker.js" } }
//	route "/ticks/*" { module = "ticks"  write_timeout = "0" }
"use strict";

const eddy = require("eddy");
const { page, last } = require("./pages");

const BEAT_MS = 1000;
const listeners = new Set(); // their responses
let beats = 0, leaving = false, timer;

function beat() {
	const data = JSON.stringify({ time: new Date().toISOString(), worker: eddy.workerId, listeners: listeners.size });
	beats++;
	for (const res of listeners)
		if (!res.writableNeedDrain)
			res.write(`id: ${beats}\ndata: ${data}\n\n`);
}

function listen(res) {
	res.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
	res.write(`retry: ${BEAT_MS}\n\n`);
	if (leaving) {
		res.end();
		return;
	}
	listeners.add(res);
	timer ??= setInterval(beat, BEAT_MS);
	res.on("close", () => {
		listeners.delete(res);
		if (listeners.size === 0)
			timer = clearInterval(timer);
	});
}

// EventSource comes again, to the next generation.
eddy.onDrain(() => {
	leaving = true;
	for (const res of listeners)
		res.end();
});

module.exports = (req, res) => {
	if (last(req) === "events" && req.method === "GET")
		return listen(res);
	if (page("ticker", req, res))
		return undefined;
	res.writeHead(last(req) === "events" ? 405 : 404, last(req) === "events" ? { Allow: "GET" } : {});
	return res.end();
};
