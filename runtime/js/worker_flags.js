// Which of Node's flags a worker may be given of its own: those that concern an isolate. Most have no
// meaning here and are taken without effect; what concerns the process or V8 is refused, as by Node.
'use strict';

const errors = require('errors');
const OWN = new RegExp('^--(no-)?(' + [
    'abort-on-uncaught-exception', 'addons', 'conditions', 'deprecation', 'enable-source-maps',
    'entry-url', 'experimental-[a-z-]+', 'extra-info-on-fatal-exception', 'force-context-aware',
    'force-node-api-uncaught-exceptions-policy', 'frozen-intrinsics', 'global-search-paths',
    'heapsnapshot-near-heap-limit', 'import', 'input-type', 'insecure-http-parser', 'loader',
    'max-http-header-size', 'pending-deprecation', 'preserve-symlinks', 'preserve-symlinks-main',
    'redirect-warnings', 'report-[a-z-]+', 'require', 'throw-deprecation', 'trace-deprecation',
    'trace-exit', 'trace-sync-io', 'trace-uncaught', 'trace-warnings', 'unhandled-rejections',
    'warnings', 'verify-base-objects', 'test-[a-z-]+'
].join('|') + ')(=.*)?$');
// Of the whole process, though allowed in NODE_OPTIONS.
const SHARED = /^--(max-old-space-size|max-semi-space-size|stack-trace-limit|icu-data-dir|openssl-config|tls-[a-z0-9.-]+|v8-pool-size|zero-fill-buffers|use-[a-z-]+|inspect[a-z-]*|diagnostic-dir|dns-result-order|disable-[a-z-]+|title)(=.*)?$/;

// Those that say nothing without a value, which may be the next argument.
const VALUED = /^(-r|-C|--(conditions|disable-proto|dns-result-order|import|input-type|loader|experimental-loader|max-http-header-size|redirect-warnings|require|report-dir|report-directory|report-filename|report-signal|trace-require-module|unhandled-rejections))$/;

function isFlag(text) {
    return text.charAt(0) === '-';
}

function normal(text) {
    return text.replace(/^(--[^=]*)/, function (name) { return name.replace(/_/g, '-'); });
}

exports.check = function (execArgv, nodeOptions) {
    var list = (execArgv || []).map(String);
    var bad = list.filter(function (text) {
        return isFlag(text) && text !== '-r' && text !== '-C' && !OWN.test(normal(text));
    });
    if (bad.length === 0 && list.length > 0 && VALUED.test(normal(list[list.length - 1]))) {
        bad.push(list[list.length - 1] + ' requires an argument');
    }
    if (bad.length > 0) {
        throw errors.coded(Error, 'ERR_WORKER_INVALID_EXEC_ARGV',
            'Initiated Worker with invalid execArgv flags: ' + bad.join(', '));
    }
    var refused = (nodeOptions ? String(nodeOptions).split(/\s+/) : []).filter(function (text) {
        return isFlag(text) && (text.slice(0, 7) === '--title' ||
            (!OWN.test(normal(text)) && !SHARED.test(normal(text))));
    });
    if (refused.length > 0) {
        throw errors.coded(Error, 'ERR_WORKER_INVALID_EXEC_ARGV',
            'Initiated Worker with invalid NODE_OPTIONS env variable: ' + refused.map(function (text) {
                return text.replace(/=.*/, '=') + ' is not allowed in NODE_OPTIONS';
            }).join(', '));
    }
};
