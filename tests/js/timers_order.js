// Timers of different times, set in any order.
const order = [];
let timers;

function set() {
	const clear = () => clearTimeout(timers.cleared);
	return {
		last: setTimeout(() => console.log("done", order), 50),
		thirty: setTimeout(() => order.push("30"), 30),
		one: setTimeout(() => order.push("1"), 1),
		twenty: setTimeout(() => order.push("20"), 20),
		zero: setTimeout(() => order.push("0"), 0),
		again: setTimeout(() => order.push("20b"), 20),
		negative: setTimeout(() => order.push("-5"), -5),
		none: setTimeout(() => order.push("NaN"), NaN),
		text: setTimeout(() => order.push("text"), "1"),
		cleared: setTimeout(() => order.push("cleared"), 40),
		clear: setTimeout(clear, 10),
	};
}

// A busy machine may stop between two of them, and each counts from when it was set: then all are set anew.
for (;;) {
	const from = process.hrtime.bigint();
	timers = set();
	if (process.hrtime.bigint() - from < 5000000n)
		break;
	Object.values(timers).forEach(clearTimeout);
}
