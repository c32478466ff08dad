module.exports = "the index";
