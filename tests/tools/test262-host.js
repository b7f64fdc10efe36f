// What test262 asks of its host: detaching, agents as workers; no realms (test262-run.js).
'use strict';
module.exports = (function () {
    var wt = require('worker_threads');
    var host = __dirname + '/test262-agent.js';
    var agents = [];
    var reports = [];
    function sleep(ms) { Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms); }
    function read() {
        agents.forEach(function (agent) {
            for (var m; (m = wt.receiveMessageOnPort(agent.port)) !== undefined;) {
                if (m.message.got) { agent.got++; } else { reports.push(m.message.report); }
            }
        });
    }
    return {
        global: globalThis,
        evalScript: function (text) { return (0, eval)(text); },
        gc: typeof gc === 'function' ? gc : function () { throw new Error('no gc'); },
        createRealm: function () { throw new Error('no realms'); },
        detachArrayBuffer: function (buffer) { structuredClone(0, { transfer: [buffer] }); return null; },
        agent: {
            start: function (script) {
                var channel = new wt.MessageChannel();
                var agent = { port: channel.port1, got: 0 };
                agent.worker = new wt.Worker(host, { workerData: { script: script, port: channel.port2 }, transferList: [channel.port2] });
                agent.worker.unref();
                agents.push(agent);
            },
            broadcast: function (buffer) {
                agents.forEach(function (agent) { agent.port.postMessage(buffer); });
                agents.forEach(function (agent) { while (agent.got < 1) { read(); sleep(1); } agent.got--; });
            },
            getReport: function () { read(); return reports.length > 0 ? reports.shift() : null; },
            sleep: sleep,
            monotonicNow: function () { return performance.now(); }
        }
    };
}());
