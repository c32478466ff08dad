// stream/promises.
"use strict";

const { argType } = require("errors");
const { finished } = require("stream/finished");
const { pipelinePromise } = require("stream/pipeline");

module.exports = {
	pipeline: pipelinePromise,
	finished: (one, options = {}) => new Promise((resolve, reject) => {
		if (options?.cleanup !== undefined && typeof options.cleanup !== "boolean")
			throw argType("cleanup", "of type boolean", options.cleanup);
		const cleanUp = finished(one, options, (error) => {
			if (options?.cleanup)
				cleanUp();
			if (error)
				reject(error);
			else
				resolve();
		});
	}),
};
