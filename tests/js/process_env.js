// process.env: what may be put in, and how it comes out.
const { env } = process;
env.PARITY_TEXT = "text";
env.PARITY_NUMBER = 5;
env.PARITY_EMPTY = "";
env.PARITY_TRUE = true;
env.PARITY_NULL = null;
env.PARITY_UNDEFINED = undefined;
env.PARITY_OBJECT = { toString: () => "own text" };
for (const name of Object.keys(env).filter((one) => one.startsWith("PARITY_")))
	console.log(name, typeof env[name], env[name]);
console.log(env.PARITY_NOBODY, "PARITY_TEXT" in env, "PARITY_NOBODY" in env, Object.hasOwn(env, "PARITY_TEXT"), env.hasOwnProperty("PARITY_NOBODY"));
console.log(delete env.PARITY_TEXT, env.PARITY_TEXT, "PARITY_TEXT" in env, delete env.PARITY_NOBODY);
console.log(Object.getOwnPropertyDescriptor(env, "PARITY_NUMBER"), JSON.parse(JSON.stringify(env)).PARITY_EMPTY === "", { ...env }.PARITY_TRUE);
for (const run of [() => {
	env[Symbol("s")] = "x";
}, () => {
	env.PARITY_SYMBOL = Symbol("s");
}, () => Object.defineProperty(env, "PARITY_D", { value: "x", writable: false })])
	try {
		run();
		console.log("taken");
	} catch (error) {
		console.log(error.name);
	}
console.log(env[Symbol.iterator], typeof env.PATH, Object.prototype.toString.call(env), process.env === env);
process.env = { ONLY: "1" };
console.log(Object.keys(process.env), "done");
