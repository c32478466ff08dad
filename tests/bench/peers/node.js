// Node.js as the bench runs it: node.js PORT WORKERS
'use strict';
const cluster = require('cluster');
const http = require('http');

const [port, workers] = process.argv.slice(2).map(Number);
const BODY = 'Hello World\n';
const PIECE = Buffer.alloc(65536, 'f');
let parked = [];

function answer(res, body = BODY) {
	res.writeHead(200, {
		'Content-Type': 'text/plain; charset=utf-8',
		'Content-Length': Buffer.byteLength(body),
	});
	res.end(body);
}

function collect(req, then) {
	const pieces = [];
	req.on('data', (piece) => pieces.push(piece));
	req.on('end', () => then(Buffer.concat(pieces)));
}

function download(res, left) {
	while (left > 0) {
		const n = Math.min(left, PIECE.length);
		left -= n;
		if (!res.write(n === PIECE.length ? PIECE : PIECE.subarray(0, n))) {
			res.once('drain', () => download(res, left));
			return;
		}
	}
	res.end();
}

function serve(req, res) {
	const [path, query] = req.url.split('?');
	if (path === '/post') {
		collect(req, () => answer(res));
	} else if (path === '/upload') {
		let bytes = 0;
		req.on('data', (piece) => { bytes += piece.length; });
		req.on('end', () => answer(res));
	} else if (path === '/download') {
		res.writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' });
		download(res, Number(query));
	} else if (path === '/poll' && req.method === 'POST') {
		collect(req, (body) => {
			process.send(body.toString());
			answer(res);
		});
	} else if (path === '/poll') {
		parked.push(res);
	} else {
		answer(res);
	}
}

if (cluster.isPrimary) {
	for (let i = 0; i < workers; i++)
		cluster.fork().on('message', (message) => {
			for (const worker of Object.values(cluster.workers))
				worker.send(message);
		});
} else {
	process.on('message', (message) => {
		const waiting = parked;
		parked = [];
		for (const res of waiting)
			answer(res, message);
	});
	const server = http.createServer(serve);
	server.keepAliveTimeout = 75000;
	server.requestTimeout = 0;
	server.listen(port, '127.0.0.1', 4096);
}
