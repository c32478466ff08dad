// What Error.prepareStackTrace is given of each frame. The engine tells no more of one than its function's name and
// its place: the rest says what is so of most.
"use strict";

const { shown } = require("errors/frames");

class CallSite {
	#frame;

	constructor(frame) {
		this.#frame = frame;
	}

	getFileName() {
		return this.#frame.file;
	}

	getScriptNameOrSourceURL() {
		return this.#frame.file;
	}

	getLineNumber() {
		return this.#frame.line ?? null;
	}

	getColumnNumber() {
		return this.#frame.column ?? null;
	}

	getEnclosingLineNumber() {
		return this.getLineNumber();
	}

	getEnclosingColumnNumber() {
		return this.getColumnNumber();
	}

	getFunctionName() {
		return this.#frame.name === "" ? null : this.#frame.name;
	}

	getMethodName() {
		return null;
	}

	getTypeName() {
		return this.#frame.name === "" ? "Object" : null;
	}

	// As for functions in strict mode.
	getThis() {
		return undefined;
	}

	getFunction() {
		return undefined;
	}

	getEvalOrigin() {
		return undefined;
	}

	getPosition() {
		return 0;
	}

	getPromiseIndex() {
		return null;
	}

	getScriptHash() {
		return "";
	}

	isToplevel() {
		return this.#frame.name !== "";
	}

	isNative() {
		return this.#frame.file === undefined;
	}

	isAsync() {
		return false;
	}

	isConstructor() {
		return false;
	}

	isEval() {
		return false;
	}

	isPromiseAll() {
		return false;
	}

	toString() {
		return shown(this.#frame);
	}
}

module.exports = { CallSite };
