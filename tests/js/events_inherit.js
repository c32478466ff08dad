// The ways in which objects become emitters.
const EventEmitter = require("events");
const util = require("util");
function Old() {
	EventEmitter.call(this);
}
util.inherits(Old, EventEmitter);
const old = new Old();
old.on("x", function (...args) {
	console.log(this === old, args, new.target);
});
old.emit("x", 1, 2, 3, 4, 5);
class New extends EventEmitter {
	emit(name, ...args) {
		console.log("emits", name);
		return super.emit(name, ...args);
	}
}
const made = new New();
made.once("y", () => console.log("y"));
console.log(made.emit("y"), made.emit("y"));
const mixed = Object.assign({}, EventEmitter.prototype);
mixed.on("z", () => console.log("z", mixed instanceof EventEmitter));
mixed.emit("z");
console.log(EventEmitter === EventEmitter.EventEmitter, require("events") === require("node:events"), EventEmitter.name, EventEmitter.length);
console.log(Object.keys(EventEmitter.prototype));
console.log(EventEmitter.prototype.on === EventEmitter.prototype.addListener, EventEmitter.prototype.off === EventEmitter.prototype.removeListener);
console.log(new EventEmitter() instanceof EventEmitter, old instanceof EventEmitter, Old.super_ === EventEmitter);
console.log(Object.keys(new EventEmitter()));
console.log(EventEmitter.defaultMaxListeners, new EventEmitter().getMaxListeners(), EventEmitter.captureRejections);
class Sub extends EventEmitter {
	constructor() {
		super({ captureRejections: true });
	}
}
console.log(new Sub().eventNames());
for (const bad of [1, "yes", {}])
	try {
		new EventEmitter({ captureRejections: bad });
	} catch (error) {
		console.log(error.code, error.message);
	}
console.log("done");
