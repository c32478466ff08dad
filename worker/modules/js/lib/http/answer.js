// Answers that are whole when the handler of their request returns: they are left in the bytes of
// `native.answer`, where C looks when JavaScript has returned, so that no call is made for them.
"use strict";

// struct js_answer
const current = new Float64Array(native.answer, 0, 1), numbers = new Uint32Array(native.answer, 8, 4),
	room = new Uint8Array(native.answer, 24);
const GIVEN = 0, STATUS = 1, FIELDS = 2, BODY = 3; // of numbers
const PIECE_MAX = 1024; // bytes that are copied rather than handed over

// Whether the handler of that exchange is running.
function isRunning(id) {
	return current[0] === id;
}

// Puts a text's UTF-8 at `at`; where it ends, or -1: it has no room, or is none of the simple ones.
function putText(text, at) {
	const n = text.length;
	if (at + n > room.length)
		return -1;
	for (let i = 0; i < n; i++) {
		const c = text.charCodeAt(i);
		if (c > 0x7f)
			return -1;
		room[at++] = c;
	}
	return at;
}

// "name\0value\0" of Latin-1; as putText.
function putField(name, value, at) {
	const text = typeof value === "string" ? value : String(value);
	if (at + name.length + text.length + 2 > room.length)
		return -1;
	for (let i = 0; i < name.length; i++)
		room[at++] = name.charCodeAt(i);
	room[at++] = 0;
	for (let i = 0; i < text.length; i++)
		room[at++] = text.charCodeAt(i);
	room[at++] = 0;
	return at;
}

// The fields of an answer that is whole: its length, eddy knows.
function putFields(fields) {
	let at = 0;
	for (let i = 0; fields !== undefined && i < fields.length && at >= 0; i += 3) {
		const key = fields[i], value = fields[i + 2];
		if (key === "content-length")
			continue;
		if (key === "connection" || key === "transfer-encoding" || key === "keep-alive" || typeof value === "object")
			return -1;
		at = putField(fields[i + 1], value, at);
	}
	return at;
}

// Leaves an answer for C. False: it is none that can be left.
function leave(status, fields, piece) {
	const head = putFields(fields);
	let end = head;
	if (head < 0)
		return false;
	if (typeof piece === "string") {
		end = putText(piece, head);
	} else if (piece !== undefined) {
		end = piece.length <= PIECE_MAX && head + piece.length <= room.length ? head + piece.length : -1;
		if (end > head)
			room.set(piece, head);
	}
	if (end < 0)
		return false;
	numbers[STATUS] = status;
	numbers[FIELDS] = head;
	numbers[BODY] = end - head;
	numbers[GIVEN] = 1;
	return true;
}

// Has the connection close behind what has been left for the exchange. False: nothing has.
function closeBehind(id) {
	if (!isRunning(id) || numbers[GIVEN] === 0)
		return false;
	numbers[GIVEN] = 2;
	return true;
}

module.exports = { isRunning, leave, closeBehind };
