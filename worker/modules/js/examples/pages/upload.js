// The upload's page: a PUT for each file, one after the other, with how far it is.
"use strict";

const byId = (id) => document.getElementById(id);
const say = (text) => {
	byId("said").textContent = text;
};

function show(name, text, failed) {
	const line = document.createElement("li"), what = document.createElement("b");
	what.textContent = name;
	line.append(what, ` ${text}`);
	line.classList.toggle("bad", failed);
	byId("log").append(line);
	line.scrollIntoView({ block: "nearest" });
}

// fetch does not tell how much has been sent.
function put(file, onProgress) {
	return new Promise((resolve) => {
		const request = new XMLHttpRequest();
		request.open("PUT", `files/${encodeURIComponent(file.name)}`);
		request.upload.onprogress = ({ loaded }) => onProgress(loaded);
		request.onload = () => resolve({ ok: request.status === 201, text: request.responseText.trim() });
		request.onerror = () => resolve({ ok: false, text: "the server does not answer" });
		request.send(file);
	});
}

async function upload(files) {
	const all = files.reduce((sum, file) => sum + file.size, 0) || 1;
	let before = 0, failures = 0;
	for (const file of files) {
		say(`${file.name}…`);
		const { ok, text } = await put(file, (n) => {
			byId("progress").value = (before + n) / all;
		});
		before += file.size;
		failures += ok ? 0 : 1;
		show(file.name, text, !ok);
	}
	byId("progress").value = 1;
	say(failures === 0 ? "All is there." : `${failures} of ${files.length} failed.`);
}

byId("form").addEventListener("submit", async (event) => {
	event.preventDefault();
	byId("send").disabled = true;
	await upload([...byId("files").files]);
	byId("send").disabled = false;
	byId("form").reset();
});
