'use strict';
// The handler of bench/pool.js.
module.exports = function (number) { return number * 2; };
