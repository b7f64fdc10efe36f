// Evaluates a file as a script of the global scope, with what test262 asks of its host (test262.mjs).
'use strict';
globalThis.$262 = require('./test262-host.js');
globalThis.print = function (text) { console.log(text); };
(0, eval)(require('fs').readFileSync(process.argv[2], 'utf8'));
