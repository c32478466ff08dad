const net = require("net");
const server = net.createServer((socket) => { socket.on("data", (d) => socket.write(d)); socket.on("end", () => { console.log("server: end"); }); socket.on("close", (bad) => console.log("server: close", bad)); });
server.listen(0, "127.0.0.1", () => {
	const { port, address, family } = server.address(); console.log(address, family, port > 0, server.listening);
	const begin = () => { const client = net.connect(port, "127.0.0.1", () => { console.log("connected", client.remoteAddress, client.remotePort === port, client.readyState); client.write("hello "); client.end("world"); });
		let got = ""; client.setEncoding("utf8"); client.on("data", (d) => { got += d; }); client.on("end", () => console.log("client: end", got)); client.on("close", (bad) => { console.log("client: close", bad, client.bytesRead, client.bytesWritten); server.close(() => console.log("server closed", server.listening, server.address(), "\ndone")); }); };
	begin();
});
