// diagnostics_channel.tracingChannel: which channels are told what, in which order.
const dc = require("diagnostics_channel");
const show = (name, call) => {
	try {
		console.log(name, call());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
};
const EVENTS = ["start", "end", "asyncStart", "asyncEnd", "error"];
const tc = dc.tracingChannel("x");
for (const event of EVENTS)
	console.log(event, tc[event] === dc.channel(`tracing:x:${event}`));
const given = Object.fromEntries(EVENTS.map((event) => [event, dc.channel(`my ${event}`)]));
console.log(EVENTS.every((event) => dc.tracingChannel(given)[event] === given[event]));
for (const event of EVENTS)
	show(event, () => dc.tracingChannel({ ...given, [event]: 5 }));
show("not used", () => [tc.traceSync((a) => a, undefined, null, 1), dc.channel("tracing:x:start").hasSubscribers]);

const told = (event) => (context, name) => {
	const { error, ...rest } = context;
	console.log(event, name, rest, ...(error === undefined ? [] : [`${error}`]));
};
const handlers = Object.fromEntries(EVENTS.map((event) => [event, told(event)]));
show("subscribe", () => tc.subscribe({ ...handlers, other: 5 }));
const fails = (text) => () => {
	throw new TypeError(text);
};
show("sync", () => tc.traceSync(function (...args) {
	return [this.t, ...args];
}, { of: "sync" }, { t: 1 }, 2, 3));
show("sync throws", () => tc.traceSync(fails("sync"), { of: "a throw" }));
show("no context", () => tc.traceSync(() => 1));

show("callback", () => tc.traceCallback((a, done) => {
	done(null, a + 1);
	return "returned";
}, undefined, { of: "a callback" }, null, 1, (error, result) => console.log("called back", error, result)));
show("callback first", () => tc.traceCallback(function (done) {
	done.call("its this", new RangeError("given"));
	return this;
}, 0, { of: "an error" }, "this", function (error) {
	console.log("called back", this == "its this", error.message, arguments.length);
}, 2));
show("callback's throw", () => tc.traceCallback((done) => done(), -1, { of: "a callback that throws" }, null, fails("back")));
show("throws before", () => tc.traceCallback(fails("before"), -1, { of: "no call" }, null, () => {}));
show("no callback", () => tc.traceCallback(() => {}, 1, {}, null, () => {}, 5));

const store = { run(value, call) {
	console.log("store", value.of);
	return call();
} };
show("unsubscribe", () => [tc.unsubscribe({ end: handlers.end }), tc.unsubscribe({ end: handlers.end, error: () => {} })]);
tc.start.bindStore(store);
tc.asyncStart.bindStore(store);
show("in stores", () => tc.traceCallback((done) => done(null), -1, { of: "stores" }, null, () => console.log("called back")));
tc.start.unbindStore(store);
tc.asyncStart.unbindStore(store);
tc.subscribe({ end: handlers.end });

const promises = async () => {
	console.log("result", await tc.tracePromise(async (a) => a, { of: "a promise" }, null, 5));
	console.log("no promise", await tc.tracePromise(() => 6, { of: "a value" }));
	await tc.tracePromise(async () => fails("rejected")(), { of: "a rejection" }).catch((error) => console.log(error.message));
	show("throws", () => tc.tracePromise(fails("thrown"), { of: "no promise" }));
	const order = [];
	tc.tracePromise(() => Promise.resolve(), { of: "turns" }).then(() => order.push("traced"));
	let turns = Promise.resolve();
	for (let i = 0; i < 4; i++)
		turns = turns.then(() => order.push(i));
	await turns;
	console.log(order);
	show("all", () => [tc.unsubscribe(handlers), tc.start.hasSubscribers]);
	console.log("done");
};
promises();
