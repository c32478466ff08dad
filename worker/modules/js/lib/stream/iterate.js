// `for await` over a Readable.
"use strict";

const { finished, letGo } = require("stream/finished");

async function* iterate(stream, destroys) {
	let wake = () => {}, error, closed = false;
	const next = () => {
		wake();
		wake = () => {};
	};
	stream.on("readable", next);
	const cleanUp = finished(stream, { writable: false }, (reason) => {
		error = reason ?? null;
		closed = true;
		next();
	});
	try {
		for (;;) {
			const piece = stream.destroyed_ ? null : stream.read();
			if (piece !== null)
				yield piece;
			else if (error)
				throw error;
			else if (closed)
				return;
			else
				await new Promise((resolve) => {
					wake = resolve;
				});
		}
	} catch (failure) {
		error ??= failure;
		throw failure;
	} finally {
		if ((error || destroys) && (error === undefined || stream.autoDestroy_))
			letGo(stream, error);
		else {
			stream.off("readable", next);
			cleanUp();
		}
	}
}

module.exports = { iterate };
