// Names of requests: options.lookup and family, what is written meanwhile, and a name that is given up.
"use strict";
const http = require("http");
const raw = require("./require/raw_server.js");

raw(({ head, body }) => raw.ok(`${head.split("\r\n").find((line) => /^host/i.test(line)).replace(/\d+$/, "PORT")} ${body.length > 100 ? "large" : body}`),
	async ({ port }, server) => {
		const later = (host, options, callback) => setTimeout(() => {
			const one = { address: "127.0.0.1", family: 4 };
			if (options.all)
				callback(null, [one]);
			else
				callback(null, one.address, one.family);
		}, 20);
		function run(options, act) {
			return new Promise((resolve, reject) => {
				const request = http.request({ host: "some.where", port, agent: false, method: "POST", lookup: later, ...options }, (res) => {
					let text = "";
					res.on("data", (piece) => {
						text += piece;
					});
					res.on("end", () => resolve(text));
				});
				request.on("error", reject);
				act(request);
			});
		}
		console.log(await run({}, (request) => request.end("body")));
		console.log(await run({ family: 4 }, (request) => request.end()));
		console.log(await run({ host: "localhost", family: 4, lookup: undefined }, (request) => request.end("here")));
		console.log(await run({ headers: { "Content-Length": 400000 } }, (request) => {
			let left = 40;
			const fill = () => {
				while (left > 0) {
					left--;
					if (!request.write("0123456789".repeat(1000)))
						return;
				}
				request.end();
			};
			request.on("drain", fill);
			fill();
		}));
		try {
			await run({ lookup: (host, options, callback) => callback(Object.assign(new Error("not found"), { code: "ENOTFOUND" })) },
				(request) => request.end("never"));
		} catch (error) {
			console.log(error.code, error.message);
		}
		try {
			let asked;
			const given = (...args) => {
				setImmediate(() => asked.destroy(new Error("given up")));
				later(...args);
			};
			await run({ lookup: given }, (request) => {
				asked = request;
				request.end("never");
			});
		} catch (error) {
			console.log(error.message);
		}
		server.close(() => setTimeout(() => console.log("done"), 30));
	});
