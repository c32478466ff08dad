global.timesA = (global.timesA || 0) + 1; exports.name = "a"; exports.times = global.timesA; exports.file = require("path").basename(__filename);
