// Where a connection goes from and to, before, while and after it is there; isIP and its kin.
"use strict";
const net = require("net");

for (const text of ["127.0.0.1", "::1", "::ffff:1.2.3.4", "fe80::1%eth0", "1.2.3", "1.2.3.4.5", "256.1.1.1", "::g", "", " 1.2.3.4", "01.2.3.4", "1::2::3",
	"1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "::", "1:2:3:4:5:6:1.2.3.4", "::1.2.3", ":1", "1:", "12345::", undefined, null, 5, {}])
	console.log(JSON.stringify(text), net.isIP(text), net.isIPv4(text), net.isIPv6(text));

const idle = new net.Socket();
console.log(idle.remoteAddress, idle.remotePort, idle.remoteFamily, idle.localAddress, idle.localPort, idle.localFamily, idle.address(), idle.pending,
	idle.connecting, idle.readyState, idle.bytesRead, idle.bytesWritten, idle.timeout, idle.destroyed, idle.allowHalfOpen, idle.bufferSize);
idle.destroy();

const lines = [];
function over(...words) {
	lines.push(words.join(" "));
	if (lines.length === 2)
		server.close(() => console.log(lines.sort(), "done"));
}

const server = net.createServer((socket) => {
	const { port } = server.address();
	const said = ["theirs", socket.localAddress, socket.localPort === port, socket.localFamily, socket.remoteAddress, socket.remotePort > 0,
		socket.remoteFamily, socket.server === server, socket.address().port === port];
	socket.on("close", () => over(...said, "after", socket.remoteAddress, socket.remotePort !== undefined));
	socket.end();
});
server.listen(0, "127.0.0.1", () => {
	const { port } = server.address();
	const socket = net.connect(port, "127.0.0.1");
	const said = ["ours"];
	console.log("before", socket.remoteAddress, socket.remotePort, socket.localPort, socket.address());
	socket.on("connect", () => {
		const { address, family, port: own } = socket.address();
		said.push(socket.remoteAddress, socket.remotePort === port, socket.remoteFamily, address, family, own === socket.localPort,
			socket.setNoDelay() === socket, socket.setNoDelay(false) === socket, socket.setKeepAlive(true, 1000) === socket,
			socket.ref() === socket, socket.unref() === socket, socket.ref() === socket);
	});
	socket.resume();
	socket.on("close", () => over(...said));
});
