// console.Console: an object of one's own, which writes to streams of the script's.
const { Console } = require("console");
const { Writable } = require("stream");

function sink() {
	const lines = [];
	return Object.assign(new Writable({ decodeStrings: false, write(piece, encoding, done) {
		lines.push(piece);
		done();
	} }), { lines });
}

function tried(call) {
	try {
		return call();
	} catch (error) {
		return `${error.name} ${error.code} ${error.message}`;
	}
}

const out = sink(), err = sink();
const own = new Console(out, err);
own.log("a %s", 1, { b: 2 });
own.info("info");
own.debug("debug");
own.warn("warn");
own.error("error");
own.dir({ deep: { deep: { deep: { deep: 1 } } } }, { depth: 0 });
own.group("group");
own.log("in\nside");
own.error("too");
own.groupEnd();
own.count();
own.count("x");
own.countReset("x");
own.count("x");
own.assert(true, "never");
own.assert(false, "but this %d", 7);
own.trace("trace");
console.log(out.lines, err.lines.map((line) => line.split("\n")[0]));
console.log(own instanceof Console, console instanceof Console, Console.name, typeof Console(out).log);

const both = sink();
const one = new Console({ stdout: both, inspectOptions: { depth: 0, compact: false }, groupIndentation: 4 });
one.log({ a: { b: 1 } });
one.group();
one.warn("x");
console.log(both.lines);

const { log } = one;
log("unbound");
console.log(both.lines.at(-1), Object.keys(own).slice(0, 3));

const colored = sink();
new Console({ stdout: colored, colorMode: true }).log({ a: 1 });
new Console({ stdout: colored, colorMode: false }).log({ a: 1 });
new Console({ stdout: colored, inspectOptions: { colors: true } }).log([true]);
new Console({ stdout: colored }).log("%o", [1]);
console.log(JSON.stringify(colored.lines));

console.log(tried(() => new Console()));
console.log(tried(() => new Console({})));
console.log(tried(() => new Console(out, {})));
console.log(tried(() => new Console({ stdout: out, colorMode: 3 })).split(" ").slice(0, 2));
console.log(tried(() => new Console({ stdout: out, groupIndentation: 2000 })));
console.log(tried(() => new Console({ stdout: out, groupIndentation: "x" })));
console.log(tried(() => new Console({ stdout: out, inspectOptions: 5 })));
console.log(tried(() => new Console({ stdout: out, colorMode: true, inspectOptions: { colors: true } })));

const broken = new Writable({ write(piece, encoding, done) {
	done(new Error("broken"));
} });
broken.on("error", (error) => console.log("heard", error.message));
new Console(broken).log("x");
const thrower = new Writable();
thrower.write = () => {
	throw new Error("thrown");
};
console.log(tried(() => new Console(thrower).log("x")), tried(() => new Console(thrower, thrower, false).log("x")));

class Sub extends Console {
	constructor() {
		super(out);
	}

	hello() {
		this.log("hello");
	}
}
new Sub().hello();
console.log(out.lines.at(-1));
global.console = new Console(process.stdout, process.stderr);
console.log("to stdout");
setTimeout(() => console.log("done"), 5);
