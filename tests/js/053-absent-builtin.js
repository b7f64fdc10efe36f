// isorun only: Node has them
// A built-in of Node that is not here is named as such.
var assert = require('assert');
['vm', 'node:http', 'tls'].forEach(function (name) {
    assert.throws(function () { require(name); }, { code: 'MODULE_NOT_FOUND',
        message: new RegExp("^Cannot find module '" + name + "': Node's built-in " +
            name.replace('node:', '') + ' is not part of isorun yet\nRequire stack:\n- ') });
});
