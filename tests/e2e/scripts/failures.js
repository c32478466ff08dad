// What goes wrong, for test_js_failures.py: one path for each.
const http = require("http");
const net = require("net");
const stream = require("stream");
const EventEmitter = require("events");

const kept = [];
const spin = () => {
	for (;;);
};
function refuses() {
	throw new Error("nobody is to look at this");
}
function own(server, then) {
	server.listen(0, "127.0.0.1", () => then(server, server.address().port));
}
const handlers = {
	"/hello": (req, res) => res.end("Hello World\n"),
	"/throw": function handlerThatThrows() {
		throw new TypeError("in a handler");
	},
	"/behind": (req, res) => {
		res.write("begun\n");
		throw new Error("behind the head");
	},
	"/timer": (req, res) => {
		setTimeout(function timerThatThrows() {
			throw new Error("in a timer");
		}, 1);
		setTimeout(() => res.end("another timer\n"), 2);
	},
	"/event": (req, res) => {
		const emitter = new EventEmitter();
		emitter.on("x", function listenerThatThrows() {
			throw new Error("in a listener");
		});
		res.end("answered\n");
		emitter.emit("x");
	},
	"/unheard": (req, res) => {
		res.end("answered\n");
		new EventEmitter().emit("error", new Error("nobody listens"));
	},
	"/promise": (req, res) => {
		Promise.resolve().then(function jobThatThrows() {
			throw new Error("in a promise");
		});
		queueMicrotask(() => {
			throw new Error("in a microtask");
		});
		process.nextTick(() => {
			throw new Error("in a tick");
		});
		res.end("answered\n");
	},
	"/reasons": (req, res) => {
		Promise.reject(undefined);
		Promise.reject({ code: 7, list: [1, 2] });
		Promise.reject("a text");
		res.end("answered\n");
	},
	"/untold": (req, res) => {
		const hostile = new Proxy({}, { get: refuses, getPrototypeOf: refuses, ownKeys: refuses });
		process.nextTick(() => {
			throw hostile;
		});
		process.nextTick(() => res.end("the next tick\n"));
		Promise.reject(hostile);
		throw Object.defineProperty(new Error("x"), "message", { get: refuses });
	},
	"/stack": function deeper(req, res) {
		return deeper(req, res) + 1;
	},
	"/socket": (req, res) => {
		const server = net.createServer((socket) => socket.end("x")).listen(0, "127.0.0.1", () => {
			const socket = net.connect(server.address().port, "127.0.0.1");
			socket.on("data", function dataThatThrows() {
				throw new Error("in a socket's data");
			});
			socket.on("close", () => {
				server.close();
				res.end("closed\n");
			});
		});
	},
	"/refused": (req, res) => setTimeout(() => {
		res.setHeader("X", "a".repeat(300000));
		res.end("too long a head\n");
	}, 1),
	"/refused-write": (req, res) => setTimeout(() => {
		res.setHeader("Content-Length", "many");
		res.write("a length that is none\n");
	}, 1),
	"/split-later": (req, res) => {
		const values = ["a"];
		res.setHeader("X", values);
		values.push("b\0Evil\x001");
		res.end("split\n");
	},
	"/split-hint": (req, res) => {
		res.writeEarlyHints({ link: "</a\0Evil\x001>; rel=preload" });
		res.end("split\n");
	},
	"/classes": (req, res) => {
		class Broken extends http.ServerResponse {
			constructor(...given) {
				super(...given);
				throw new Error("in a constructor");
			}
		}
		own(http.createServer({ ServerResponse: Broken }), (server, port) => http.get({ port, agent: false }, (answer) => {
			server.close();
			answer.resume();
			res.end(`${answer.statusCode}\n`);
		}));
	},
	"/connection": (req, res) => {
		const listener = function connectionThatThrows() {
			throw new Error("in a connection's listener");
		};
		own(net.createServer(listener), (server, port) => net.connect(port).resume().on("close", () => {
			server.close();
			res.end("closed\n");
		}));
	},
	"/upgrade": (req, res) => {
		const listener = function upgradeThatThrows() {
			throw new Error("in an upgrade's listener");
		};
		own(http.createServer().on("upgrade", listener), (server, port) => {
			const peer = net.connect(port).resume().on("close", () => {
				server.close();
				res.end("closed\n");
			});
			peer.write("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n");
		});
	},
	"/response": (req, res) => {
		const agent = new http.Agent({ maxSockets: 1 });
		own(http.createServer((request, response) => response.end("b".repeat(1000000))), (server, port) => {
			http.get({ port, agent }, function responseThatThrows() {
				throw new Error("in a response's listener");
			});
			http.get({ port, agent }, (answer) => answer.resume().on("end", () => {
				server.close();
				res.end("answered\n");
			}));
		});
	},
	"/body-data": (req, res) => req.on("data", () => {
		throw new Error("in a body's data");
	}).on("end", () => setTimeout(() => res.end("too late\n"), 1e6)),
	"/body-end": (req) => req.resume().on("end", () => {
		throw new Error("in a body's end");
	}),
	"/body-end-begun": (req, res) => {
		res.write("begun\n");
		req.resume().on("end", () => {
			throw new Error("in a body's end");
		});
	},
	"/body-transform": (req) => req.pipe(new stream.Transform({
		transform() {
			throw new Error("in a transform");
		},
	})),
	"/body-read": (req) => {
		const duplex = new stream.Duplex({
			read() {
				throw new Error("in a read");
			},
			write(piece, encoding, callback) {
				callback();
				this.resume();
			},
		});
		req.pipe(duplex);
	},
	"/body-end-own": (req, res) => {
		res.end = () => {
			throw new Error("in its own end");
		};
		req.resume().on("end", () => {
			process.nextTick(() => req.emit("mine"));
			throw new Error("in a body's end");
		}).on("mine", () => console.log("the tick behind it"));
	},
	"/body-caught": (req, res) => {
		const listener = () => {
			throw new Error("caught by the script");
		};
		req.on("mine", listener);
		try {
			req.emit("mine");
		} catch (error) {
			setTimeout(() => res.end(`${error.message}\n`), 1);
		}
	},
	"/spin": function handlerThatSpins() {
		spin();
	},
	"/spin-timer": (req, res) => {
		res.end("soon\n");
		setTimeout(function timerThatSpins() {
			spin();
		}, 1);
	},
	"/spin-promise": async function jobThatSpins() {
		await null;
		spin();
	},
	"/regex": (req, res) => res.end(String(/^(a+)+$/.test("a".repeat(40) + "b"))),
	"/allocate": function allocator() {
		const all = [];
		for (;;) { // not as fast as it could
			let n = all.length;
			for (let i = 0; i < 50; i++)
				n = (n * 31 + i) % 65521;
			all.push({ n });
		}
	},
	// What grows in functions of the engine's, where no script can be asked where it is.
	"/buffers": () => {
		for (;;)
			kept.push(Buffer.alloc(1e6, 1));
	},
	"/text": () => Array(1e9).join("abc"),
	// It keeps its worker, which drains, from leaving.
	"/grow": () => setInterval(() => kept.push(Buffer.alloc(2e6, 1)), 10),
	"/leak": (req, res) => {
		kept.push(Buffer.alloc(30e6, 1));
		res.end(`${process.pid}\n`);
	},
	"/exit": (req, res) => {
		res.end("bye\n");
		process.exit(5);
	},
	"/slow": (req, res) => setTimeout(() => res.end("slow\n"), 300),
};

process.on("SIGINT", (name, number) => console.log(`got ${name} ${number}`));
module.exports = (req, res) => handlers[req.url](req, res);
