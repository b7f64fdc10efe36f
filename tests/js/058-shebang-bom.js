// A first line for the shell and a byte order mark are no part of the script; lines stay true.
var assert = require('assert');
var script = require('./fixtures/shebang');
assert.strictEqual(script.text, 'shebang 😀');
assert.strictEqual(script.text.length, 10);
assert.ok(/shebang\.js:3/.test(script.stack), script.stack);
