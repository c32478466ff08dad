// setTimeout of servers, requests and responses.
const http = require("http");
const { ask, get } = require("./http/raw");

const cases = [
	["of a response", (req, res) => {
		console.log(res.setTimeout(15, (socket) => {
			console.log("timed out", socket === req.socket);
			res.end("late");
		}) === res);
	}],
	["of a request", (req, res) => {
		req.setTimeout(15, () => {
			console.log("timed out");
			res.end("late");
		});
	}],
	["of nobody who listens", (req, res) => {
		res.setTimeout(15);
	}],
	["answered in time", (req, res) => {
		res.setTimeout(10000, () => console.log("never"));
		res.end("in time");
	}],
];

let i = 0;
const server = http.createServer((req, res) => cases[i][1](req, res));
function next() {
	if (cases[i] === undefined) {
		server.close(ofServer);
		return;
	}
	console.log(`-- ${cases[i][0]}`);
	ask(server.address().port, get(), (text) => {
		console.log(text.split("\r\n")[0], text.slice(-4));
		i++;
		setImmediate(next);
	});
}
server.listen(0, "127.0.0.1", next);

function ofServer() {
	console.log("-- of a server");
	const slow = http.createServer(() => {});
	slow.setTimeout(15, (socket) => {
		console.log("timed out", typeof socket.destroy);
		socket.destroy();
	});
	slow.listen(0, "127.0.0.1", () => ask(slow.address().port, get(), (text) => {
		console.log(JSON.stringify(text));
		slow.close(() => console.log("done"));
	}));
}
