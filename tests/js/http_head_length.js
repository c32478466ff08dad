// What Content-Length says where a body is left out.
const http = require("http");

const answers = {
	"/set": (res) => res.setHeader("Content-Length", 12).end(),
	"/head": (res) => {
		res.writeHead(200, "Fine", { "Content-Length": "7" });
		res.end();
	},
	"/304": (res) => {
		res.statusCode = 304;
		res.setHeader("Content-Length", 12).setHeader("ETag", '"x"').end();
	},
};
const server = http.createServer((req, res) => answers[req.url](res)).listen(0, "127.0.0.1", async () => {
	for (const path of Object.keys(answers))
		await new Promise((resolve) => http.request({ port: server.address().port, host: "127.0.0.1", path, method: "HEAD" }, (res) => {
			console.log(path, res.statusCode, res.statusMessage, res.headers["content-length"], res.headers.etag);
			res.resume().on("end", resolve);
		}).end());
	server.close(() => console.log("done"));
	server.closeAllConnections();
});
