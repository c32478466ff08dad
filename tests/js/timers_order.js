// Timers of different times, set in any order: far apart, since a busy machine may stop between two of them.
const order = [];
setTimeout(() => {
	order.push("last");
	console.log("done", order);
}, 150);
setTimeout(() => order.push("80"), 80);
setTimeout(() => order.push("1"), 1);
setTimeout(() => order.push("40"), 40);
setTimeout(() => order.push("0"), 0);
setTimeout(() => order.push("40b"), 40);
setTimeout(() => order.push("-5"), -5);
setTimeout(() => order.push("NaN"), NaN);
setTimeout(() => order.push("text"), "1");
const cleared = setTimeout(() => order.push("cleared"), 120);
setTimeout(() => clearTimeout(cleared), 10);
