'use strict';
/* Computes for most of a second without coming up for air. */
var port = require('worker_threads').parentPort;

port.on('message', function () {
    var until = Date.now() + 800;
    var primes = 0;
    for (var n = 2; Date.now() < until; n++) {
        var isPrime = true;
        for (var d = 2; d * d <= n && isPrime; d++) {
            isPrime = n % d !== 0;
        }
        primes += isPrime ? 1 : 0;
    }
    port.postMessage({ primes: primes });
});
