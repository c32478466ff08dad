// Timers of different times, set in any order.
const order = [];
setTimeout(() => order.push("30"), 30);
setTimeout(() => order.push("1"), 1);
setTimeout(() => order.push("15"), 15);
setTimeout(() => order.push("0"), 0);
setTimeout(() => order.push("15b"), 15);
setTimeout(() => order.push("-5"), -5);
setTimeout(() => order.push("NaN"), NaN);
const cleared = setTimeout(() => order.push("cleared"), 20);
setTimeout(() => clearTimeout(cleared), 10);
setImmediate(() => setTimeout(() => console.log("done", order), 60));
