console.log("%s is %d", "x", 5, { a: 1 });


console.info("info"); console.debug("debug"); console.warn("warn"); console.error("error %j", { e: 1 });
console.group("group"); console.log("inside\ntwo lines"); console.group(); console.log({ a: 1, b: { c: [1, 2] } }); console.groupEnd(); console.warn("warn in"); console.groupEnd();
console.log("outside");
console.count(); console.count("x"); console.count(); console.countReset(); console.count();
console.assert(true, "no"); console.assert(false, "yes %s", "arg"); console.assert(false); console.assert(false, { a: 1 });
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 }); console.dir([1, "two"]);
console.log(typeof console.time, typeof console.trace, Object.prototype.toString.call(console));
const { log } = console; log("detached"); log("done");
