// isorun only: Node names the offset, not the line
// Broken JSON names line and column.
var assert = require('assert');
assert.throws(function () { require('./fixtures/bad/broken.json'); },
    { message: /broken\.json:3:8: / });
