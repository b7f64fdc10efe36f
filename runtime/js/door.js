// door: commands of the collector that script code answers. A built-in module that owns this isolate
// takes a command for itself; else a program may listen:
//   process.on('isoscope:recycle', function (request) { ... request.done() });
// A listener that ends the isolate instead has answered with that.
'use strict';

const answers = native('door');
const takers = Object.create(null);

function Request(reason) {
    this.reason = reason; // in a word: command, drift
}

// The isolate has been made small again, by whatever means it has.
Request.prototype.done = function () {
    answers.settle(undefined);
};

Request.prototype.refuse = function (reason) {
    answers.settle(String(reason));
};

exports.take = function (verb, taker) {
    takers[verb] = taker;
};

exports.command = function (verb, id, reason) {
    if (takers[verb] !== undefined) {
        takers[verb](id, reason);
    } else if (verb !== 'recycle') {
        answers.refuse(id, 'this isolate cannot ' + verb);
    } else if (process.listenerCount('isoscope:recycle') === 0) {
        answers.refuse(id, 'no pool owns this isolate, and its program does not listen to ' +
            '\'isoscope:recycle\' of process');
    } else if (!answers.keep(id)) {
        answers.refuse(id, 'it is being recycled already');
    } else {
        process.emit('isoscope:recycle', new Request(reason));
    }
};
