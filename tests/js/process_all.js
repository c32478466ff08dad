console.log(typeof process.pid, process.platform, process.cwd() === require("path").resolve("."), process.argv.length >= 2, require("path").basename(process.argv[1]), typeof process.version, process.env.PATH !== undefined, process.env.NOPE_NOT_SET, "PATH" in process.env);
process.env.X_NUMBER = 5; console.log(process.env.X_NUMBER, typeof process.env.X_NUMBER, delete process.env.X_NUMBER, process.env.X_NUMBER);
const m = process.memoryUsage(); console.log(Object.keys(m), m.rss > 1e6, Object.values(m).every((v) => typeof v === "number"), process.memoryUsage.rss() > 1e6);
const c = process.cpuUsage(); console.log(Object.keys(c), c.user >= 0, process.cpuUsage(c).user >= 0, process.uptime() > 0);
const h = process.hrtime(), b = process.hrtime.bigint(); console.log(h.length, typeof b, process.hrtime(h)[0] >= 0, process.hrtime.bigint() >= b);
try { process.nextTick("x"); } catch (e) { console.log(e.code, e.message); } try { process.hrtime(1); } catch (e) { console.log(e.code, e.message); }
console.log(typeof process.on, process instanceof require("events"), process === global.process, Object.prototype.toString.call(process), typeof process.exit, process.exitCode, process === require("process"));
process.stdout.write("written\n"); process.stdout.write("in "); process.stdout.write("two\n");
process.on("custom", (x) => console.log("custom", x)); process.emit("custom", 1);
process.on("unhandledRejection", (r, p) => console.log("unhandled", r.message, p instanceof Promise)); Promise.reject(new Error("nobody")); const late = Promise.reject(new Error("handled")); late.catch(() => console.log("caught"));
process.on("uncaughtException", (e, origin) => { console.log("uncaught", e.message, origin); if (e.message === "second") console.log("done"); });
setTimeout(() => { throw new Error("first"); }, 2); setTimeout(() => queueMicrotask(() => { throw new Error("micro"); }), 3); setTimeout(() => process.nextTick(() => { throw new Error("second"); }), 4);
