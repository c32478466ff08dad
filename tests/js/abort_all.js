const c = new AbortController(), { signal } = c;
console.log(signal.aborted, signal.reason, c, Object.prototype.toString.call(signal));
signal.addEventListener("abort", (e) => console.log("event", e.type, e.target === signal, e instanceof Event), { once: true }); signal.onabort = () => console.log("onabort");
c.abort(); c.abort("again"); console.log(signal.aborted, signal.reason.name, signal.reason.message, signal.reason.code, signal.reason instanceof DOMException);
try { signal.throwIfAborted(); } catch (e) { console.log(e.name); }
console.log(AbortSignal.abort("r").reason, AbortSignal.abort().reason.name, AbortSignal.any([AbortSignal.abort("x")]).reason);
try { new AbortSignal(); } catch (e) { console.log(e.name, e.code, e.message); }
const t = new EventTarget(); const log = (e) => console.log("t", e.type, e.defaultPrevented); t.addEventListener("x", log); t.addEventListener("x", log); t.addEventListener("x", { handleEvent(e) { e.preventDefault(); console.log("object", this !== undefined); } });
console.log(t.dispatchEvent(new Event("x", { cancelable: true }))); t.removeEventListener("x", log); t.dispatchEvent(new Event("x"));
const keep = setTimeout(() => {}, 10000);
AbortSignal.timeout(5).addEventListener("abort", (e) => { clearTimeout(keep); console.log(e.target.reason.name, e.target.reason.message, "done"); });
