// The response to a request: an IncomingMessage whose source is the request.
"use strict";

const { IncomingMessage } = require("http/incoming");

// A response that goes to a client which leaves goes nowhere: so that its server is not left waiting, its
// request is given up. What Node would leave to the script.
const response = Object.create(IncomingMessage.prototype, {
	pipe: { value(sink, options) {
		if (sink instanceof require("http/response").ServerResponse)
			sink.once("close", () => {
				if (!sink.writableFinished && !this.complete)
					this.destroy();
			});
		return IncomingMessage.prototype.pipe.call(this, sink, options);
	} },
});

function makeResponse(request, [status, reason, minor, fields]) {
	const res = Object.setPrototypeOf(new IncomingMessage(), response);
	Object.assign(res, { source_: request, statusCode: status, statusMessage: reason, httpVersionMinor: minor,
		httpVersion: `1.${minor}`, fields_: fields, req: request });
	if (request.joinDuplicateHeaders)
		res.joinDuplicateHeaders = true;
	return res;
}

module.exports = { makeResponse };
