// What comes while nobody listens waits, also after a listener was taken away, and after once().
var MessageChannel = require('worker_threads').MessageChannel;
var channel = new MessageChannel();
var port = channel.port2;
function never() { console.log('not reached'); }
port.on('message', never);
setImmediate(function () {
    port.off('message', never);
    channel.port1.postMessage(1);
    channel.port1.postMessage(2);
    channel.port1.postMessage(3);
    setImmediate(function () {
        port.once('message', function (value) {
            console.log('once', value, port.listenerCount('message'));
            setImmediate(function () {
                port.on('message', function (value) {
                    console.log('on', value);
                    if (value === 3) {
                        port.close();
                    }
                });
            });
        });
    });
});
