module.exports = "started " + require("./other");
