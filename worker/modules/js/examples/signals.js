setInterval(() => console.log("tick"), 500);
process.on("SIGINT", () => { console.log("got SIGINT"); process.exit(0); });
console.log(process.pid, process.env.HOME, process.cwd(), process.memoryUsage().rss > 0);
