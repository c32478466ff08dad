const { StringDecoder } = require("string_decoder");
const e = new TextEncoder(), d = new TextDecoder();
console.log(e.encode("hé☃𝄞"), e.encoding, d.encoding, d.decode(e.encode("hé☃𝄞")), e.encode(), d.decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])), new TextDecoder("utf-8", { ignoreBOM: true }).decode(new Uint8Array([0xef, 0xbb, 0xbf, 65])).length);
const into = new Uint8Array(5); console.log(e.encodeInto("aé☃", into), into);
const st = new TextDecoder(); console.log(JSON.stringify(st.decode(new Uint8Array([0xe2, 0x98]), { stream: true })), JSON.stringify(st.decode(new Uint8Array([0x83]), { stream: true })), JSON.stringify(st.decode()));
try { new TextDecoder("nope"); } catch (x) { console.log(x.name, x.code); } try { new TextDecoder("utf-8", { fatal: true }).decode(new Uint8Array([255])); } catch (x) { console.log(x.name, x.code); }
console.log(new TextDecoder("utf-16le").decode(new Uint8Array([65, 0, 66, 0])), d.decode(new Uint8Array([255, 65])));
for (const enc of ["utf8", "utf16le", "base64", "hex", "latin1"]) { const s = new StringDecoder(enc), out = []; for (const b of Buffer.from("aé☃𝄞z")) out.push(s.write(Buffer.from([b]))); out.push(s.end()); console.log(enc, s.encoding, encodeURIComponent(out.join("|").replace(/[\ud800-\udfff]/g, "?"))); }
const s = new StringDecoder(); console.log(s.write(Buffer.from([0xe2, 0x82])), JSON.stringify(s.end()), JSON.stringify(s.end(Buffer.from([0xf0]))), "done");
try { new StringDecoder("zz"); } catch (x) { console.log(x.code, x.message, "done"); }
