const net = require("net");
console.log(net.isIP("1.2.3.4"), net.isIP("::1"), net.isIP("x"), net.isIP("1.2.3"), net.isIPv4("1.2.3.4"), net.isIPv6("fe80::1%eth0"), net.isIP("::ffff:1.2.3.4"), net.isIP("01.2.3.4"), net.isIP("1::2::3"), net.isIP(""));
try { net.connect(70000); } catch (e) { console.log(e.name, e.code, e.message); } try { net.connect({}); } catch (e) { console.log(e.code); }
const s = net.connect(1, "127.0.0.1"); s.on("error", (e) => console.log(e.code, e.syscall, e.address, e.port, e.message, e.errno)); s.on("close", (bad) => console.log("close", bad, s.destroyed));
const u = net.connect("/nowhere/at/all.sock"); u.on("error", (e) => console.log(e.code, e.syscall, e.address, e.message)); u.on("close", () => setTimeout(() => console.log("done"), 50));
const k = new net.Socket(); console.log(k.pending, k.connecting, k.readyState, k.remoteAddress, k.address()); k.destroy();
