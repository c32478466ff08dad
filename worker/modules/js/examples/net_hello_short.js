const net = require("net");
net.createServer((socket) => { socket.end("Hello World\n"); }).listen(8000);
