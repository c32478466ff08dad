// Timeout and Immediate objects.
const t = setTimeout(() => console.log("never"), 1000);
console.log(t.hasRef(), t.unref() === t, t.hasRef(), t.ref() === t, t.hasRef());
console.log(typeof t[Symbol.toPrimitive](), t.constructor.name, t.refresh() === t);
clearTimeout(+t);
const i = setImmediate((...args) => console.log("immediate", args), 1, "two");
console.log(i.constructor.name, i.hasRef());
setImmediate(() => setTimeout(beat, 1));
clearImmediate(setImmediate(() => console.log("never")));
clearTimeout(undefined);
clearTimeout({});
clearTimeout("nothing");
for (const bad of [undefined, "code", 1, {}])
	try {
		setTimeout(bad, 1);
	} catch (error) {
		console.log(error.name, error.code, error.message);
	}
let n = 0;
function beat() {
	const every = setInterval((word) => {
		console.log(word, ++n);
		if (n === 3) {
			clearInterval(every);
			const again = setTimeout(() => {
				console.log("fired", ++n);
				if (n < 6)
					again.refresh();
				else
					console.log("done");
			}, 2);
		}
	}, 2, "interval");
}
