// How many turns promises take: thenables, async functions, all, race, any, allSettled, finally.
const order = [];
const clock = async () => {
	for (let i = 0; i < 12; i++) {
		order.push(`turn ${i}`);
		await null;
	}
};
clock();
(async () => order.push("async body"))().then(() => order.push("async done"));
(async () => Promise.resolve())().then(() => order.push("async that returns a promise"));
(async () => {
	await Promise.resolve();
})().then(() => order.push("async that awaits"));
Promise.resolve({ then: (ok) => ok() }).then(() => order.push("thenable"));
new Promise((ok) => ok(Promise.resolve())).then(() => order.push("resolved with a promise"));
Promise.all([1, Promise.resolve(2)]).then((v) => order.push(`all ${v}`));
Promise.race([Promise.resolve("a"), "b"]).then((v) => order.push(`race ${v}`));
Promise.allSettled([Promise.reject(1), 2]).then((v) => order.push(`settled ${v.map((one) => one.status)}`));
Promise.any([Promise.reject(1), Promise.resolve(2)]).then((v) => order.push(`any ${v}`));
Promise.any([]).catch((error) => order.push(`${error.name} ${error.errors.length}`));
Promise.resolve().finally(() => order.push("finally")).then(() => order.push("after finally"));
Promise.reject(new Error("r")).finally(() => {}).catch((error) => order.push(`caught ${error.message}`));
(async () => {
	for await (const value of [Promise.resolve("x"), "y"])
		order.push(`for await ${value}`);
})();
async function* generator() {
	yield 1;
	yield Promise.resolve(2);
}
(async () => {
	for await (const value of generator())
		order.push(`generator ${value}`);
})();
setImmediate(() => {
	console.log(order.join("\n"));
	console.log("done");
});
