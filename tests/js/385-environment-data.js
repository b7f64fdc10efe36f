// main only: it makes its own workers
// setEnvironmentData: every worker made after it starts with a copy, and so do that one's workers.
var threads = require('worker_threads');
var key = 'key';
if (threads.isMainThread) {
    threads.setEnvironmentData(key, { deep: [1, 2] });
    threads.setEnvironmentData('gone', 1);
    threads.setEnvironmentData('gone');
    threads.setEnvironmentData(1, 'number');
    console.log(threads.getEnvironmentData(key), threads.getEnvironmentData('gone'), threads.getEnvironmentData(1),
        threads.getEnvironmentData('1'));
    new threads.Worker(__filename, { workerData: 2 });
} else {
    console.log(threads.workerData, threads.getEnvironmentData(key), threads.getEnvironmentData(1));
    if (threads.workerData > 0) {
        threads.setEnvironmentData(key, 'level ' + threads.workerData);
        new threads.Worker(__filename, { workerData: threads.workerData - 1 });
    }
}
