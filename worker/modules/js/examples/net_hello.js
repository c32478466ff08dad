const net = require("net");
const server = net.createServer();
server.on("connection", (socket) => { socket.end("Hello World\n"); });
server.listen(8000);
