'use strict';
class Commands { constructor() {} take() {} tend() {} answered() {} ended() {} worker() {} }
module.exports = { Commands };
