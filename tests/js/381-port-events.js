// A port is an EventTarget with an EventEmitter's methods besides.
var MessageChannel = require('worker_threads').MessageChannel;
var channel = new MessageChannel();
var port = channel.port1;
function log() { console.log.apply(console, arguments); }

function value(v) { log('on', v, this === port); }
port.on('message', value);
port.on('message', value); // the same one is not added again
port.addEventListener('message', function (event) {
    log('event', event.type, event.data, event.target === port, event.ports.length, event instanceof MessageEvent);
});
port.addEventListener('message', { handleEvent: function (event) { log('object', event.data); } });
port.once('message', function (v) { log('once', v); });
port.addEventListener('message', function (event) { log('once event', event.data); }, { once: true });
port.onmessage = function (event) { log('handler', event.data, this === port); };
log(port.listenerCount('message'), port.hasRef(), typeof port.onmessage, port.onmessageerror);
channel.port2.postMessage(1);
channel.port2.postMessage(2);
channel.port2.postMessage('last');
port.on('message', function (v) {
    if (v === 1) {
        log(port.listenerCount('message'));
        port.onmessage = function (event) { log('other handler', event.data); };
    } else if (v === 2) {
        port.off('message', value);
        port.onmessage = null;
        log(port.onmessage, port.listenerCount('message'));
    } else {
        port.removeAllListeners('message');
        log(port.listenerCount('message'), port.hasRef());
        port.on('close', function () { log('closed', port.hasRef()); });
        log(port.emit('nothing', 1), port.on('x', function (v) { log('x', v); }) === port, port.emit('x', 5));
        log(port.getMaxListeners());
        port.close();
        log(port.hasRef());
    }
});
['on', 'once'].forEach(function (name) {
    try { port[name]('message', 5); } catch (error) { log(error.name, error.code, error.message); }
});
try { port.addEventListener('message'); } catch (error) { log(error.code, error.message); }
try { port.addEventListener('message', 'text'); } catch (error) { log(error.code, error.message); }
