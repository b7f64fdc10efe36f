// What Node's own tests ask of their test/common, as far as the tests that are run here need it.
// Runs in the runtime under test: tests/tools/node-tests.mjs puts it in place. A mustCall() that was
// not called as often as it should is told at the exit, with code 1.
'use strict';

const assert = require('assert');
const expected = [];

function watch(fn, least, most) {
    const entry = { name: fn.name || '<anonymous>', least, most, count: 0, stack: new Error().stack };
    expected.push(entry);
    return function () {
        entry.count++;
        return fn.apply(this, arguments);
    };
}

function noop() {}

process.on('exit', function (code) {
    if (code !== 0) {
        return;
    }
    const missed = expected.filter((entry) => entry.count < entry.least || entry.count > entry.most);
    missed.forEach((entry) => console.error('mustCall(' + entry.name + '): expected ' + entry.least +
        (entry.most === Infinity ? ' or more' : '') + ', called ' + entry.count + '\n' + entry.stack));
    if (missed.length > 0) {
        process.exitCode = 1;
        process.exit(1);
    }
});

function counted(fn, count) {
    return typeof fn === 'number' ? [noop, fn] : [fn || noop, count === undefined ? 1 : count];
}

function mustCall(fn, count) {
    const [call, times] = counted(fn, count);
    return watch(call, times, times);
}

function checkError(error, settings) {
    Object.keys(settings).forEach((name) => {
        if (name === 'constructor' || name === 'type') {
            assert.ok(error instanceof settings[name]);
        } else if (settings[name] instanceof RegExp) {
            assert.ok(settings[name].test(String(error[name])), name + ': ' + error[name]);
        } else {
            assert.deepStrictEqual(error[name], settings[name]);
        }
    });
}

module.exports = {
    isWindows: false, isIBMi: false, isAIX: false, isMacOS: false, isLinux: true, isASan: false,
    isSunOS: false, isFreeBSD: false, isMainThread: require('worker_threads').isMainThread,
    hasCrypto: false, hasIntl: false, hasIPv6: false,
    mustCall,
    mustCallAtLeast(fn, count) {
        const [call, times] = counted(fn, count);
        return watch(call, times, Infinity);
    },
    mustNotCall(text) {
        return function () {
            assert.fail((text || 'function should not have been called') + ': ' + arguments.length);
        };
    },
    mustSucceed(fn, count) {
        return mustCall(function (error, ...rest) {
            assert.ifError(error);
            return typeof fn === 'function' ? fn.apply(this, rest) : undefined;
        }, count);
    },
    mustNotMutateObjectDeep: (value) => value,
    expectsError(validator, count) {
        return mustCall((...args) => {
            checkError(args[0], validator);
            return true;
        }, count);
    },
    expectWarning(name, warnings) {
        process.on('warning', mustCall((warning) => assert.strictEqual(warning.name, name),
            Array.isArray(warnings) && Array.isArray(warnings[0]) ? warnings.length : 1));
    },
    skip(text) {
        console.log('1..0 # Skipped: ' + text);
        process.exit(0);
    },
    printSkipMessage: (text) => console.log('1..0 # Skipped: ' + text),
    skipIfInspectorDisabled() { module.exports.skip('no inspector'); },
    skipIfWorker: noop,
    platformTimeout: (ms) => ms,
    nodeProcessAborted: (code, signal) => code === 134 || signal === 'SIGABRT',
    invalidArgTypeHelper(input) {
        if (input === null || input === undefined) {
            return ' Received ' + input;
        }
        if (typeof input === 'function') {
            return ' Received function ' + input.name;
        }
        if (typeof input === 'object') {
            return input.constructor && input.constructor.name ?
                ' Received an instance of ' + input.constructor.name :
                ' Received ' + require('util').inspect(input, { depth: -1 });
        }
        const text = require('util').inspect(input);
        return ' Received type ' + typeof input + ' (' + text.slice(0, 25) +
            (text.length > 28 ? '...' : text.slice(25)) + ')';
    },
    getArrayBufferViews: (buffer) => [new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength)],
    getTTYfd: () => -1,
    allowGlobals: noop,
    runWithInvalidFD: noop
};
