// path/posix: path, which is all there is here.
'use strict';

module.exports = require('path');
