'use strict';
/* Scales a picture: allocates, computes, lets go. Flat. */
var port = require('worker_threads').parentPort;

port.on('message', function () {
    var pixels = new Uint8Array(256 * 256);
    var rows = [];
    for (var y = 0; y < 256; y += 4) {
        var sum = 0;
        for (var x = 0; x < 256; x++) {
            sum += pixels[y * 256 + x] = (x * y) & 255;
        }
        rows.push({ y: y, mean: sum / 256 });
    }
    port.postMessage({ rows: rows.length });
});
