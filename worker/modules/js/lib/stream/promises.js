// stream/promises.
"use strict";

const { finished } = require("stream/finished");
const { pipelinePromise } = require("stream/pipeline");

module.exports = {
	pipeline: pipelinePromise,
	finished: (one, options = {}) => new Promise((resolve, reject) => {
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
