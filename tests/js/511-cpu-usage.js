// process.cpuUsage() grows with work, and tells what was used since; nanoseconds of the monotonic clock.
var assert = require('assert');

var before = process.cpuUsage();
var clock = Number(process.hrtime.bigint());
var used;
do {
    used = process.cpuUsage(before);
} while (used.user + used.system < 2000);
assert.ok(Number(process.hrtime.bigint()) - clock >= 500000); // two processors' worth at most
assert.deepStrictEqual(Object.keys(used), ['user', 'system']);
assert.ok(process.cpuUsage().user >= before.user + used.user);
assert.throws(function () { process.cpuUsage(1); }, { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(function () { process.cpuUsage({ user: 'x', system: 1 }); }, { code: 'ERR_INVALID_ARG_TYPE' });
assert.throws(function () { process.cpuUsage({ user: -1, system: 1 }); }, { code: 'ERR_INVALID_ARG_VALUE' });

var seconds = process.hrtime()[0];
assert.ok(Math.abs(Number(process.hrtime.bigint()) / 1e9 - seconds) < 60);
