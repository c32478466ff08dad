// EventTarget and Event, as the DOM has them.
const order = [];
const target = new EventTarget();
const listener = function (event) {
	order.push([event.type, this === target, event.currentTarget === target, event.eventPhase, event.composedPath().length]);
};
target.addEventListener("x", listener);
target.addEventListener("x", listener, { capture: true });
target.addEventListener("x", listener);
console.log(target.dispatchEvent(new Event("x")), order.length);
target.removeEventListener("x", listener);
target.dispatchEvent(new Event("x"));
console.log(order.length);
target.removeEventListener("x", listener, true);
const log = [];
target.addEventListener("y", { handleEvent(event) {
	log.push(["object", event.type, typeof this.handleEvent]);
} });
target.addEventListener("y", (event) => {
	log.push("stops");
	event.stopImmediatePropagation();
});
target.addEventListener("y", () => log.push("never"));
target.dispatchEvent(new Event("y"));
target.addEventListener("z", (event) => {
	event.preventDefault();
	log.push([event.cancelable, event.defaultPrevented, event.returnValue]);
});
console.log(target.dispatchEvent(new Event("z")), target.dispatchEvent(new Event("z", { cancelable: true })));
target.addEventListener("p", (event) => {
	event.preventDefault();
	log.push(["passive", event.defaultPrevented]);
}, { passive: true });
console.log(target.dispatchEvent(new Event("p", { cancelable: true })));
const stop = new AbortController();
target.addEventListener("s", () => log.push("with signal"), { signal: stop.signal });
target.dispatchEvent(new Event("s"));
stop.abort();
target.dispatchEvent(new Event("s"));
target.addEventListener("s", () => log.push("never"), { signal: AbortSignal.abort() });
target.dispatchEvent(new Event("s"));
target.addEventListener("once", () => log.push("once"), { once: true });
target.dispatchEvent(new Event("once"));
target.dispatchEvent(new Event("once"));
target.addEventListener("adds", () => target.addEventListener("adds", () => log.push("added")), { once: true });
target.dispatchEvent(new Event("adds"));
target.dispatchEvent(new Event("adds"));
console.log(log);
const event = new Event("type", { bubbles: true, cancelable: true, composed: true });
console.log(event.type, event.bubbles, event.cancelable, event.composed, event.defaultPrevented, event.target, event.currentTarget, event.srcElement, event.eventPhase, event.isTrusted, event.cancelBubble, typeof event.timeStamp, event.composedPath());
console.log(Event.NONE, Event.CAPTURING_PHASE, Event.AT_TARGET, Event.BUBBLING_PHASE, Object.prototype.toString.call(event), Object.prototype.toString.call(target));
target.addEventListener("dup", (e) => {
	try {
		target.dispatchEvent(e);
	} catch (error) {
		console.log(error.name, error.code);
	}
});
target.dispatchEvent(new Event("dup"));
for (const run of [() => new Event(), () => new Event("x", 5), () => target.dispatchEvent({}), () => target.dispatchEvent(), () => target.addEventListener("x"), () => target.addEventListener("x", 5), () => EventTarget.prototype.addEventListener.call({}, "x", () => {}), () => target.removeEventListener("x")])
	try {
		console.log(run());
	} catch (error) {
		console.log(error.name, error.code);
	}
console.log(new Event(5).type, new Event(null).type);
class Mine extends EventTarget {
	fire() {
		return this.dispatchEvent(new (class extends Event {
			detail = 5;
		})("mine"));
	}
}
const mine = new Mine();
mine.addEventListener("mine", (e) => console.log(e.detail, e.target === mine, e instanceof Event));
console.log(mine.fire(), "done");
