// Without --expose-gc there is no gc().
require('assert').strictEqual(typeof gc, 'undefined');
