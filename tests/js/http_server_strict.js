// strictContentLength.
const { run } = require("./http/raw");

function tried(f) {
	try {
		f();
		return "fine";
	} catch (error) {
		return `${error.name} ${error.code}: ${error.message}`;
	}
}

run([
	["right", undefined, (req, res) => {
		res.strictContentLength = true;
		res.setHeader("Content-Length", 4);
		console.log(tried(() => res.write("ab")), tried(() => res.end("cd")));
	}],
	["too long", undefined, (req, res) => {
		res.strictContentLength = true;
		res.setHeader("Content-Length", 3);
		console.log(tried(() => res.end("abcd")));
		res.destroy();
	}],
	["too short", undefined, (req, res) => {
		res.strictContentLength = true;
		res.setHeader("Content-Length", 3);
		console.log(tried(() => res.end("ab")));
		res.destroy();
	}],
]);
