#!/usr/bin/env node
module.exports = require("pack");
