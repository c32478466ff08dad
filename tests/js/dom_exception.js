// DOMException: names, codes, constants.
for (const args of [[], ["m"], ["m", "AbortError"], ["m", "NotFoundError"], ["m", "Unknown"], ["m", "DataCloneError"], [undefined, undefined], [5, "TimeoutError"], ["m", "SyntaxError"], ["m", "InvalidCharacterError"], ["m", "QuotaExceededError"], ["m", "NetworkError"]]) {
	const error = new DOMException(...args);
	console.log(error.name, error.code, error.message, String(error), error instanceof Error, error instanceof DOMException, Object.prototype.toString.call(error));
}
console.log(DOMException.ABORT_ERR, DOMException.TIMEOUT_ERR, DOMException.NOT_FOUND_ERR, DOMException.DATA_CLONE_ERR, new DOMException().ABORT_ERR, DOMException.name, DOMException.length);
console.log(Object.keys(DOMException.prototype).includes("name"));
try {
	DOMException("x");
} catch (error) {
	console.log(error.name);
}
try {
	throw new DOMException("thrown", "AbortError");
} catch ({ name, message, code }) {
	console.log(name, message, code);
}
console.log("done");
