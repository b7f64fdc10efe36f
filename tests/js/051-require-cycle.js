// A module in a cycle is seen as far as it has come.
var a = require('./fixtures/cycle/a');
console.log(JSON.stringify(a));
