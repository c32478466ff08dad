// The ticker's page: an EventSource, which comes again by itself when the server has been away.
"use strict";

const byId = (id) => document.getElementById(id);
const say = (text) => {
	byId("said").textContent = text;
};
let source, beats = 0;

function start() {
	source = new EventSource("events");
	source.onopen = () => say("Connected.");
	source.onerror = () => {
		say("The server does not answer. Asking again…");
		if (source.readyState === EventSource.CLOSED) { // it does so by itself, but not after an answer such as 503
			source.close();
			setTimeout(() => source !== undefined && start(), 1000);
		}
	};
	source.onmessage = ({ data }) => {
		const { time, worker, listeners } = JSON.parse(data);
		byId("time").textContent = new Date(time).toLocaleTimeString("en-GB");
		byId("worker").textContent = worker;
		byId("listeners").textContent = listeners;
		byId("beats").textContent = ++beats;
	};
	byId("turn").textContent = "Stop";
}

function stop() {
	source.close();
	source = undefined;
	say("Stopped.");
	byId("turn").textContent = "Go on";
}

byId("form").addEventListener("submit", (event) => {
	event.preventDefault();
	if (source === undefined)
		start();
	else
		stop();
});

start();
