// stderr: ^err 1\nwarn\nAssertion failed\nAssertion failed: so 3\nAssertion failed: \[object Object\]\nTrace: at 7\n    at .*012-console-methods
// info and debug go to stdout, error and warn to stderr; groups indent; counters count.
console.info('info');
console.debug('debug');
console.error('err %d', 1);
console.warn('warn');
console.assert(true, 'never');
console.assert(false);
console.assert(false, 'so %d', 3);
console.assert(0, { a: 1 });
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.group('head');
console.log('inside\ntwo lines');
console.group();
console.log('deeper');
console.groupEnd();
console.groupEnd();
console.log('outside');
console.count();
console.count('x');
console.count();
console.countReset();
console.count();
console.trace('at %d', 7);
var log = console.log;
log('detached');
console.log(Object.keys(console).indexOf('log') >= 0);
