// The chat's page: one GET waits for what is said; a POST says something.
"use strict";

const byId = (id) => document.getElementById(id);
const say = (text) => {
	byId("said").textContent = text;
};

function show({ name, text }) {
	const line = document.createElement("li"), who = document.createElement("b");
	who.textContent = name;
	line.append(who, ` ${text}`);
	byId("log").append(line);
	line.scrollIntoView({ block: "nearest" });
}

async function ask(since) {
	const answer = await fetch(`messages?since=${encodeURIComponent(since)}`, { cache: "no-store" });
	if (!answer.ok)
		throw new Error(`HTTP ${answer.status}`);
	const messages = answer.status === 200 ? await answer.json() : [];
	messages.forEach(show);
	return messages.at(-1)?.id ?? since;
}

async function listen() {
	for (let since = "", failed = false; ;) {
		try {
			since = await ask(since);
			if (failed)
				say("Connected again.");
			failed = false;
		} catch (error) {
			failed = true;
			say(`${error.message}. Asking again…`);
			await new Promise((wake) => setTimeout(wake, 1000));
		}
	}
}

byId("form").addEventListener("submit", async (event) => {
	event.preventDefault();
	const body = JSON.stringify({ name: byId("name").value, text: byId("text").value });
	try {
		const headers = { "Content-Type": "application/json" };
		const answer = await fetch("messages", { method: "POST", body, headers });
		if (!answer.ok)
			throw new Error(`HTTP ${answer.status}`);
		byId("text").value = "";
	} catch (error) {
		say(`Not sent: ${error.message}`);
	}
	byId("text").focus();
});

listen();
