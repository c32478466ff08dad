// diagnostics_channel: channels, who hears what is published, stores.
const dc = require("diagnostics_channel");
console.log(Object.keys(dc).sort().join(), require("node:diagnostics_channel") === dc);
const show = (name, call) => {
	try {
		console.log(name, call());
	} catch (error) {
		console.log(name, error.name, error.code, error.message);
	}
};
const bad = [5, null, undefined, {}, "text"];
for (const value of bad) {
	if (typeof value !== "string") {
		show("channel", () => dc.channel(value));
		show("subscribe to", () => dc.subscribe(value, () => {}));
		show("unsubscribe from", () => dc.unsubscribe(value, () => {}));
		show("has", () => dc.hasSubscribers(value));
	}
	show("subscribe", () => dc.subscribe("bad", value));
	show("channel's", () => dc.channel("bad").subscribe(value));
	show("unsubscribe", () => dc.unsubscribe("bad", value));
}
const a = dc.channel("a"), symbol = Symbol("s");
show("same", () => [dc.channel("a") === a, dc.channel(symbol) === dc.channel(symbol), dc.channel(symbol).name,
	dc.channel("") === dc.channel(""), a instanceof dc.Channel, a.name, dc.hasSubscribers("a")]);
const heard = (message, name) => console.log("heard", message, name);
show("nobody", () => a.publish(1));
show("subscribed", () => a.subscribe(heard));
show("and by name", () => dc.subscribe("a", heard));
show("has", () => [a.hasSubscribers, dc.hasSubscribers("a"), a instanceof dc.Channel]);
show("two", () => a.publish(2));
show("one less", () => dc.unsubscribe("a", heard));
show("one", () => a.publish(3));
show("none", () => [a.unsubscribe(heard), a.unsubscribe(heard), a.hasSubscribers, dc.hasSubscribers("a")]);
show("to a symbol", () => dc.subscribe(symbol, heard));
show("of a symbol", () => dc.channel(symbol).publish({ any: "thing" }));

const store = (name) => ({ run(value, call, ...args) {
	console.log("in", name, value, args.length);
	try {
		return call.apply(this, args);
	} finally {
		console.log("out of", name);
	}
} });
const s = dc.channel("stores"), one = store("one"), two = store("two");
show("not bound", () => s.runStores("m", function (x, y) {
	return [this.t, x, y];
}, { t: 1 }, 2, 3));
show("bind", () => [s.bindStore(one), s.hasSubscribers, s.bindStore(two, (m) => `${m} for two`), s.unbindStore({})]);
s.subscribe(heard);
show("bound", () => s.runStores("m", function (x) {
	console.log("called", x, arguments.length);
	return this;
}, "this", 1));
show("throws", () => s.runStores("m", () => {
	throw new RangeError("of the call");
}));
show("unbind", () => [s.unbindStore(one), s.unbindStore(one), s.unsubscribe(heard), s.hasSubscribers]);
show("published alone", () => s.publish("without stores"));
show("unbound", () => [s.unbindStore(two), s.hasSubscribers, dc.hasSubscribers("stores")]);

process.on("uncaughtException", (error) => console.log("uncaught", error.message));
const throwing = dc.channel("throwing");
throwing.subscribe(() => {
	throw new Error("of a subscriber");
});
throwing.subscribe(() => console.log("the next one"));
throwing.bindStore(one, () => {
	throw new Error("of a transform");
});
show("publish", () => throwing.publish(1));
show("run", () => throwing.runStores(1, () => "all the same"));
process.nextTick(() => console.log("tick"));
setImmediate(() => console.log("done"));
