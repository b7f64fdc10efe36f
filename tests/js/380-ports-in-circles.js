// isorun only: what is lost for good is closed, which Node does only at the end
// Ends posted into each other's queues are lost when nobody holds the last one: the others are told.
var MessageChannel = require('worker_threads').MessageChannel;

function circle(length) {
    var channels = [];
    var closed = 0;
    for (var i = 0; i < length; i++) {
        channels.push(new MessageChannel());
        channels[i].port1.on('close', function () {
            if (++closed === length) {
                console.log('a circle of ' + length + ' is closed');
            }
        });
    }
    for (i = 0; i < length; i++) { // the next one's end waits in this one's
        var next = channels[(i + 1) % length].port2;
        channels[i].port1.postMessage(next, [next]);
    }
}

circle(1);
circle(2);
circle(3);
circle(1000);

// Two circles that share an end, and one that is opened in time.
var a = new MessageChannel();
var b = new MessageChannel();
a.port1.postMessage(b.port2, [b.port2]);
a.port2.on('message', function (end) {
    b.port1.postMessage(a.port2, [a.port2]);
    end.on('message', function (other) {
        console.log('came round');
        other.on('message', function (text) {
            console.log(text);
            other.close();
            end.close();
        });
        a.port1.postMessage('still open');
    });
});
