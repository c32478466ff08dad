// promisify and callbackify: this, names, custom, errors, what is called when.
const util = require("util");
const order = [];
function original(a, b, callback) {
	order.push(this && this.tag);
	process.nextTick(callback, null, a + b, "second value is lost");
}
original.extra = "kept";
const made = util.promisify(original);
console.log(made.name, made.length, made.extra, Object.getPrototypeOf(made) === Object.getPrototypeOf(original), util.promisify(made) === made, util.promisify.custom);
const own = () => {};
own[util.promisify.custom] = async () => "custom";
console.log(util.promisify(own) === own[util.promisify.custom]);
for (const bad of [undefined, null, 5, {}, "x"]) {
	for (const name of ["promisify", "callbackify"])
		try {
			util[name](bad);
		} catch (error) {
			console.log(name, error.name, error.code, error.message);
		}
}
const wrong = () => {};
wrong[util.promisify.custom] = 5;
try {
	util.promisify(wrong);
} catch (error) {
	console.log(error.code, error.message);
}
(async () => {
	console.log(await made.call({ tag: "this" }, 1, 2), order);
	await util.promisify((callback) => callback(new Error("failed")))().catch((error) => console.log(error.message));
	await util.promisify(() => {
		throw new Error("thrown");
	})().catch((error) => console.log(error.message));
	console.log(await util.promisify((callback) => callback())(), await util.promisify((callback) => callback(null))(), await util.promisify(own)());
	console.log(await util.promisify(setTimeout)(1, "timeout"), await util.promisify(setImmediate)("immediate"));

	const back = util.callbackify(async function named(a, b) {
		order.push(this && this.tag);
		return a + b;
	});
	console.log(back.name, back.length);
	await new Promise((ok) => back.call({ tag: "that" }, 1, 2, function (error, value) {
		console.log(error, value, this && this.tag, arguments.length);
		ok();
	}));
	for (const reason of [new Error("why"), null, undefined, 0, "", "text", 5])
		await new Promise((ok) => util.callbackify(() => Promise.reject(reason))((error, value) => {
			console.log(error.name, error.code, error.message, error.reason, value);
			ok();
		}));
	for (const bad of [[], [1], [1, {}]])
		try {
			back(...bad);
		} catch (error) {
			console.log(error.code, error.message);
		}
	util.callbackify(() => ({ then: (done) => done("thenable") }))((error, value) => console.log(error, value, "done"));
})();
