// performance.mark and measure: what entries say, in which order they are, and what is refused.
"use strict";

function show(action) {
	try {
		console.log(action());
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
}
const said = (entry) => [entry.constructor.name, entry.name, entry.entryType, typeof entry.startTime, entry.duration >= 0, entry.detail].join();
const names = () => performance.getEntries().map((entry) => entry.name).join();

const detail = { deep: [1] };
const kept = performance.mark("later", { startTime: 9e9, detail });
console.log(kept.detail, kept.detail !== detail, kept.duration, kept.startTime);
show(() => said(performance.mark("now")));
show(() => performance.mark("b", { startTime: 0 }));
show(() => said(performance.measure("from b", "b")));
show(() => said(performance.measure("from b to now", "b", "now")));
show(() => said(performance.measure("all")));
for (const options of [{ start: 5, end: 10, detail: 1 }, { start: 5, duration: 10 }, { end: 20, duration: 5 }, { start: "b", end: 7 },
	{ start: 1, end: 2, duration: 5 }, { start: "nope" }, { start: -1, end: 2 }])
	show(() => performance.measure("options", options));
show(() => performance.measure("m", "nope"));
for (const options of [{ startTime: -1 }, { startTime: "x" }, null, undefined, {}])
	show(() => said(performance.mark("x", options)));
show(() => performance.mark("nodeStart"));
show(() => performance.mark(5).name);
show(() => performance.getEntriesByName("b").length + performance.getEntriesByName("b", "mark").length);
show(() => performance.getEntriesByType("measure").map((entry) => entry.name).sort().join());
show(() => JSON.stringify(performance.getEntriesByName("b")));
performance.clearMarks("b");
performance.clearMeasures();
console.log(performance.getEntries().map((entry) => entry.name).sort().join());
performance.clearMarks();
console.log(names() === "");
for (const startTime of [9, 3, 5])
	performance.mark(`at ${startTime}`, { startTime });
performance.mark("at 5 too", { startTime: 5 });
performance.measure("from 4", { start: 4, end: 8 });
console.log(names(), `${performance.getEntries()[0]}`);
console.log("done");
