// Functions of fs are a script's to replace, as packages around it do; and options that only the functions without a
// callback heed.
"use strict";

const fs = require("fs");

for (const name of ["createReadStream", "createWriteStream", "ReadStream", "WriteStream", "readFile"]) {
	const before = fs[name];
	fs[name] = "own";
	console.log(name, typeof before, fs[name], Object.keys(fs).includes(name));
	fs[name] = before;
	console.log(name, fs[name] === before);
}

const missing = `${__dirname}/no-such-file`;
console.log(fs.statSync(missing, { throwIfNoEntry: false }), fs.lstatSync(missing, { throwIfNoEntry: false }));
fs.stat(missing, { throwIfNoEntry: false }, (error, stats) => {
	console.log("stat", error.code, stats);
	fs.promises.lstat(missing, { throwIfNoEntry: false })
		.catch((failure) => console.log("lstat", failure.code, failure.syscall))
		.then(() => fs.promises.lchmod(__filename, 0o644))
		.catch((failure) => console.log("lchmod", failure.name, failure.code, failure.message))
		.then(() => console.log("done"));
});
