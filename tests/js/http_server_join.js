// joinDuplicateHeaders: fields of which else the first counts are joined, too.
const { run, get } = require("./http/raw");

run([
	["joined", get("/", "From: a\r\nFrom: b\r\nX: 1\r\nX: 2\r\nCookie: c=1\r\nCookie: d=2\r\n"), (req, res) => {
		console.log(JSON.stringify(req.headers));
		res.end();
	}],
], { joinDuplicateHeaders: true });
