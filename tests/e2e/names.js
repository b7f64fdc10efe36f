'use strict';
/* Workers whose names try to be markup, to turn the line around and to be endless (10 KB). */
var wt = require('worker_threads');

if (wt.isMainThread) {
    ['<img src=x onerror=alert(1)>', 'left\u202etfel\u0007', new Array(2049).join('long ')].forEach(function (name) {
        new wt.Worker(__filename, { name: name });
    });
} else {
    setInterval(function () {}, 1000);
}
