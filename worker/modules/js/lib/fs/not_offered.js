// What Node's fs has and eddy's has not: a call says so, and what would do.
"use strict";

const { coded } = require("errors");

const NOT_OFFERED = {
	cp: "copy the files of fs.promises.readdir(path, { recursive: true }) with fs.promises.copyFile",
	cpSync: "copy the files of fs.readdirSync(path, { recursive: true }) with fs.copyFileSync",
	openAsBlob: "there is fs.promises.readFile",
	watch: "look at fs.promises.stat(path) with a timer",
	watchFile: "look at fs.promises.stat(path) with a timer",
	unwatchFile: "nothing can be watched",
};

function notOffered(name, instead) {
	return coded(Error, "ERR_METHOD_NOT_IMPLEMENTED", `fs.${name}() is not offered by eddy: ${instead}`);
}

module.exports = { NOT_OFFERED, notOffered };
