"use strict";

// Signals that depend on others: who is aborted when, with which reason, and in which order it is told.
const order = [];
const note = (name) => (event) => order.push(`${name} ${event.type} ${event.target.reason}`);
const flush = (title) => console.log(title, JSON.stringify(order.splice(0)));

const a = new AbortController(), b = new AbortController();
const either = AbortSignal.any([a.signal, b.signal]);
const nested = AbortSignal.any([either, AbortSignal.any([b.signal])]);
const none = AbortSignal.any([]);
for (const [name, signal] of Object.entries({ nested, either, a: a.signal, b: b.signal, none }))
	signal.addEventListener("abort", note(name));
nested.onabort = note("nested's handler");

b.abort("by b");
flush("after b");
console.log([a.signal, b.signal, either, nested, none].map((signal) => signal.aborted));
a.abort("by a");
flush("after a");
console.log(either.reason, nested.reason);

// What has been aborted already, and the same signal twice.
const late = AbortSignal.any([new AbortController().signal, either, a.signal]);
console.log(late.aborted, late.reason);
const c = new AbortController(), twice = AbortSignal.any([c.signal, c.signal]);
twice.addEventListener("abort", note("twice"));
const removed = note("removed");
twice.addEventListener("abort", removed);
twice.removeEventListener("abort", removed);
c.abort("by c");
c.abort("again");
flush("after c");

// Nobody holds this one but its listener, and what it depends on.
const d = new AbortController();
(() => AbortSignal.any([d.signal]).addEventListener("abort", note("nobody's")))();
const garbage = [];
for (let i = 0; i < 200000; i++)
	garbage[i % 1000] = { i, more: [i] };
setTimeout(() => {
	d.abort("by d");
	flush("after d");
	const e = new AbortController();
	for (let i = 0; i < 50; i++)
		AbortSignal.any([e.signal]).addEventListener("abort", note(`${i}`));
	e.abort("by e");
	flush("after e");
	console.log("done");
}, 10);
