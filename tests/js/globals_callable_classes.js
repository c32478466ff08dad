// Classes of Node's that packages call without new, for objects of their own that inherit from them.
const util = require("util");
const { StringDecoder } = require("string_decoder");
const url = require("url");
const fs = require("fs");
const http = require("http");
const net = require("net");
const events = require("events");
const stream = require("stream");

function inherits(Base, ...args) {
	function Sub() {
		Base.apply(this, args);
		this.mine = true;
	}
	util.inherits(Sub, Base);
	return new Sub();
}

const mock = { method: "GET", httpVersionMajor: 1, httpVersionMinor: 1, headers: {} };
for (const [Base, ...args] of [[StringDecoder, "utf8"], [url.Url], [fs.Stats], [http.Agent], [http.Server],
	[http.IncomingMessage, null], [http.ServerResponse, mock], [http.OutgoingMessage], [net.Server], [net.Socket],
	[events], [stream], [stream.Readable], [stream.Writable], [stream.Duplex], [stream.Transform], [stream.PassThrough]]) {
	const made = inherits(Base, ...args);
	console.log(Base.name, made instanceof Base, made.mine, Object.keys(Base.prototype).length > 0 || Base === fs.Stats);
}
for (const [Base, ...args] of [[http.Agent], [http.Server], [net.Server], [net.Socket], [stream.PassThrough]])
	console.log(Base.name, Base(...args) instanceof Base);

const decoder = inherits(StringDecoder, "utf16le");
console.log(decoder.write(Buffer.from([0x61])), decoder.lastNeed, decoder.lastTotal);
console.log(decoder.write(Buffer.from([0x00, 0x62])), decoder.end(Buffer.from([0])), decoder.encoding);
class Counting extends StringDecoder {
	write(piece) {
		return super.write(piece).length;
	}
}
console.log(new Counting("utf8").write(Buffer.from("é!")), Object.keys(StringDecoder.prototype).sort().join());
try {
	StringDecoder("utf8");
} catch (error) {
	console.log(error.name);
}

const parsed = inherits(url.Url);
parsed.parse("http://a.com:80/b?c=d#e", true);
console.log(parsed.host, parsed.query.c, parsed.format(), parsed.resolve("/z"), parsed.mine);
console.log("done");
