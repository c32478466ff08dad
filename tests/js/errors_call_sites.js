// Error.prepareStackTrace: when it is called, with what, and what it is told of each frame.
function withPrepared(prepare, what) {
	Error.prepareStackTrace = prepare;
	try {
		return what();
	} finally {
		Error.prepareStackTrace = undefined;
	}
}

// as callsites, depd and many others do it
function callSites() {
	return withPrepared((error, sites) => sites, () => new Error("unused").stack);
}
function caller() {
	const sites = callSites();
	return sites;
}
const [, site] = caller().filter((one) => one.getFunctionName() !== null);
const sites = caller(), here = sites.find((one) => one.getFunctionName() === "caller");
console.log(Array.isArray(sites), here.getFileName() === __filename, here.getLineNumber(), typeof here.getColumnNumber(),
	here.getFunctionName(), here.getMethodName(), here.getEvalOrigin(), here.isNative(), here.isToplevel(),
	here.isConstructor(), here.isEval(), here.isAsync(), here.isPromiseAll(), here.getPromiseIndex(),
	here.getScriptNameOrSourceURL() === __filename, site.constructor.name);
console.log(String(here).replace(__filename, "FILE").replace(/:\d+\)$/, ":C)"), Object.keys(here));

function depd() {
	const limit = Error.stackTraceLimit, object = {}, before = Error.prepareStackTrace;
	Error.prepareStackTrace = (unused, stack) => stack;
	Error.stackTraceLimit = Math.max(10, limit);
	Error.captureStackTrace(object);
	const stack = object.stack.slice(1);
	Error.prepareStackTrace = before;
	Error.stackTraceLimit = limit;
	return stack;
}
function deprecated() {
	const stack = depd();
	return stack;
}
console.log(deprecated()[0].getFunctionName(), deprecated()[0].getFileName() === __filename);

// when
const error = new Error("lazy");
error.message = "changed";
const seen = [];
const stack = withPrepared((one, list) => {
	seen.push(one === error, one.message, list.length > 0);
	return { prepared: true };
}, () => error.stack);
console.log(seen, stack, error.stack === stack, seen.length);
const early = new Error("early");
console.log(typeof early.stack, withPrepared(() => "too late", () => early.stack.split("\n")[0]));
console.log(withPrepared(() => undefined, () => new Error("none").stack));
try {
	withPrepared(() => {
		throw new RangeError("in prepare");
	}, () => new Error("x").stack);
} catch (failure) {
	console.log(failure.name, failure.message);
}
console.log(withPrepared("no function", () => new Error("plain").stack.split("\n")[0]));
console.log(withPrepared(function () {
	return this === Error;
}, () => new Error("this").stack));
class Own extends Error {
	constructor(message) {
		super(message);
		this.extra = 1;
	}
}
console.log(withPrepared((one, list) => `${one.name} ${one.extra} ${list[0].getFunctionName()}`, () => {
	function maker() {
		const own = new Own("x");
		return own.stack;
	}
	return maker();
}));
console.log("done");
