// CustomEvent: an Event that carries something. (Node 18 has it behind a flag: there the script brings its like.)
"use strict";

const util = require("util");

const Carrying = typeof CustomEvent === "function" ? CustomEvent : class CustomEvent extends Event {
	#detail;
	constructor(type, options) {
		super(type, options);
		this.#detail = options?.detail ?? null;
	}
	get detail() {
		return this.#detail;
	}
	get [Symbol.toStringTag]() {
		return "CustomEvent";
	}
};

const detail = { a: 1 };
const event = new Carrying("news", { detail, cancelable: true });
console.log(event.type, event.detail === detail, event.cancelable, event instanceof Event, event.constructor.name);
console.log(new Carrying("x").detail, new Carrying("x", { detail: undefined }).detail, new Carrying("x", { detail: 0 }).detail);
console.log(Object.prototype.toString.call(event), util.inspect(event).replace(/timeStamp: [\d.]+/, "timeStamp: n"));
const target = new EventTarget();
target.addEventListener("news", (heard) => {
	console.log("heard", heard.detail, heard === event);
	heard.preventDefault();
});
console.log(target.dispatchEvent(event), event.defaultPrevented);
try {
	event.detail = 1;
} catch (error) {
	console.log(error.name);
}
console.log("done");
