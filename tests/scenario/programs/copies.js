'use strict';
/* Six receivers: three sizes of Uint8Array and one string by clone, 8 MiB by transfer, 80 MiB shared.
 * With the argument `keep`, heaps of 200 MB as well, so that the rest is small beside them. */
var wt = require('worker_threads');
var MiB = 1024 * 1024;

if (wt.isMainThread) {
    main();
} else {
    var kept;
    wt.parentPort.on('message', function (message) {
        kept = message;
        wt.parentPort.postMessage({ got: kept.length || kept.byteLength });
    });
}

function touch(bytes) {
    for (var i = 0; i < bytes.length; i += 4096) {
        bytes[i] = 1;
    }
}

function main() {
    var shared = new SharedArrayBuffer(80 * MiB);
    touch(new Uint8Array(shared));
    var moved = new ArrayBuffer(8 * MiB);
    var view = new Uint8Array(moved);
    touch(view);
    var text = 'ssssssss';
    while (text.length < 2000000) { text += text; }
    text = text.substring(0, 2000000);
    var keep = [];
    var pieces = process.argv[2] === 'keep' ? 200 : 0;

    function worker(name, value, list) {
        var w = new wt.Worker(__filename, { name: name });
        w.on('message', function () { console.log(name + ' done'); });
        w.postMessage(value, list);
    }
    worker('small', new Uint8Array(100000));
    worker('medium', new Uint8Array(1000000));
    worker('large', new Uint8Array(10000000));
    worker('text', text);
    worker('moved', moved, [moved]);
    worker('shared', shared);
    console.log('detached ' + moved.byteLength + ' ' + view.length);
    for (var i = 0; i < pieces; i++) {
        var piece = 'piece ' + i + ' ';
        while (piece.length < MiB) {
            piece += piece;
        }
        keep.push(piece.substring(0, MiB - 64));
    }
    console.log('kept ' + keep.length);
    setInterval(function () { return keep.length; }, 1000);
}
