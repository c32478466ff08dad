// util.getSystemErrorName and getSystemErrorMap.
"use strict";
const util = require("util");

const NUMBERS = [1, 2, 4, 5, 9, 11, 12, 13, 14, 16, 17, 18, 20, 21, 22, 24, 26, 27, 28, 30, 32, 36, 39, 40, 75, 95, 98, 99, 104, 110, 111,
	125, 9999];
const map = util.getSystemErrorMap();
for (const number of NUMBERS)
	console.log(number, util.getSystemErrorName(-number), map.get(-number));
for (const bad of ["2", undefined, 0, 5, 1.5, -1.5, NaN])
	try {
		console.log(util.getSystemErrorName(bad));
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
console.log("done");
