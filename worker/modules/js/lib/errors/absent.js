// What is said of a global name of Node's that eddy does not have.
"use strict";

// Names that are global in Node, and what to use in place of them.
const ABSENT = { __proto__: null };
for (const [names, instead] of [
	["fetch Headers Request Response FormData WebSocket EventSource", "requests are made with http.request"],
	["ReadableStream WritableStream TransformStream TextDecoderStream TextEncoderStream CompressionStream DecompressionStream",
		"streams are those of require('stream')"],
	["crypto Crypto SubtleCrypto CryptoKey", ""],
	["MessageChannel MessagePort BroadcastChannel", "messages between workers are sent with require('eddy')"],
])
	for (const name of names.split(" "))
		ABSENT[name] = instead;

// The engine's words for a name that nobody has declared, and what to do, if it is one of Node's.
function hintOf(error) {
	const found = error instanceof ReferenceError ? /^Can't find variable: (\w+)$/.exec(error.message) : null;
	const instead = found !== null ? ABSENT[found[1]] : undefined;
	return instead === undefined ? "" : ` (${found[1]} is one of Node's that eddy does not offer${instead && `: ${instead}`})`;
}

module.exports = { hintOf };
