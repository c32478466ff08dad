// atob and btoa, and what they refuse.
const { DOMException: Exception } = globalThis;
const tell = (run) => {
	try {
		return encodeURIComponent(run());
	} catch (error) {
		return `${error.name} ${error.code} ${error instanceof Exception}`;
	}
};
for (const text of ["", "a", "ab", "abc", "abcd", "\0\xff", "é", "☃", 5, null, undefined, true, {}, [1]])
	console.log(encodeURIComponent(text), tell(() => btoa(text)));
for (const text of ["", "YQ==", "YQ=", "YQ", "Y", " Y Q = = ", "YQ==\n", "YWI=", "YWJj", "YWJj=", "YW=J", "a-_b", "a+/b", "====", "=", "YQ==YQ==", "☃", null, undefined, "AA\u00a0AA"])
	console.log(JSON.stringify(text) ?? "undefined", tell(() => atob(text)));
console.log(tell(() => btoa()), atob === require("buffer").atob, btoa === require("buffer").btoa);
let all = "";
for (let i = 0; i < 256; i++)
	all += String.fromCharCode(i);
console.log(atob(btoa(all)) === all, btoa(all).length, "done");
