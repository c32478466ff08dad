for (const name of ["setTimeout", "clearTimeout", "setInterval", "clearInterval", "setImmediate", "clearImmediate", "queueMicrotask", "process", "console", "Buffer", "URL", "URLSearchParams", "TextEncoder", "TextDecoder", "AbortController", "AbortSignal", "Event", "EventTarget", "DOMException", "global", "globalThis", "atob", "btoa", "require", "module", "exports"])
	console.log(name, eval(`typeof ${name}`));
console.log(global === globalThis, typeof window, typeof self, Buffer === require("buffer").Buffer, URL === require("url").URL, console === require("console"), setTimeout === require("timers").setTimeout);
var topLevel = 1; console.log(global.topLevel, typeof topLevel, (function () { return this === global; })());
try { queueMicrotask(1); } catch (e) { console.log(e.code, e.message); }
const os = require("os"); console.log(os.EOL === "\n", os.platform(), os.type(), os.hostname().length > 0, os.totalmem() > os.freemem(), os.arch(), os.endianness(), os.tmpdir(), os.homedir() === process.env.HOME, os.release().length > 0, os.availableParallelism() > 0);
console.log([1, 2].at(-1), structuredCloneIsThere(), "done");
function structuredCloneIsThere() { return typeof WeakRef; }
