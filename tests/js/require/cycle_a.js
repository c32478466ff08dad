exports.early = "a"; const b = require("./cycle_b"); exports.late = b.sawA; exports.loaded = module.loaded;
