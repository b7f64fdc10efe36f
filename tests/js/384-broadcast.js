// BroadcastChannel: everybody of the same name but the sender, in this thread and in others.
var threads = require('worker_threads');
if (!threads.isMainThread && threads.workerData === 'member') {
    var member = new BroadcastChannel('news');
    member.onmessage = function (event) {
        if (event.data.to === 'workers') {
            member.postMessage({ from: 'worker', got: event.data });
            member.close();
        }
    };
    threads.parentPort.postMessage('ready');
} else {
    var a = new BroadcastChannel('news');
    var b = new threads.BroadcastChannel('news');
    var other = new BroadcastChannel('others');
    var shared = new Int32Array(new SharedArrayBuffer(4));
    var big = new Uint8Array(100000);
    big[0] = big[99999] = 7;
    var answers = 0;
    a.onmessage = function () { console.log('the sender hears nothing'); };
    other.onmessage = function () { console.log('another name hears nothing'); };
    b.addEventListener('message', function (event) {
        var data = event.data;
        if (data.from !== 'worker') {
            console.log('b', event.type, data.to, data.big.length, event.target === b);
            data.big[0] = 1;
            return;
        }
        console.log('an answer', data.got.big[0], data.got.big.length, data.got.list);
        if (++answers === 2) {
            a.close();
            b.close();
            other.close();
            try { a.postMessage(1); } catch (error) { console.log(error.name, error.code, error.message); }
        }
    });
    a.onmessage = null;
    console.log(a.name, a.onmessage, new BroadcastChannel(5).unref().name);
    [function () { return new BroadcastChannel(); }, function () { a.postMessage(); },
        function () { a.postMessage(Math.min); }, function () { return BroadcastChannel.prototype.close.call({}); },
        function () { new BroadcastChannel(Symbol('x')); }].forEach(function (call) {
        try { call(); } catch (error) { console.log(error.name, error.code, error.message); }
    });
    var ready = 0;
    for (var i = 0; i < 2; i++) {
        new threads.Worker(__filename, { workerData: 'member' }).on('message', function () {
            if (++ready === 2) {
                a.postMessage({ to: 'workers', big: big, list: [1, [2]] });
            }
        });
    }
}
