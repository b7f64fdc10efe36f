// console: table, dir options, groups, counts, asserts, Console over streams, warnings of timers.
console.table([{ a: 1, b: 'x' }, { a: 2, c: { d: 1 } }]);
console.table([[1, 2], [3, 4, 5]]);
console.table([1, 'two', { three: 3 }, null]);
console.table({ x: { a: 1 }, y: { a: 2, b: [1, 2, 3, 4] } });
console.table([{ a: 1, b: 2, c: 3 }], ['c', 'a', 'none']);
console.table(new Map([['k', { v: 1 }], [2, 'two']]));
console.table(new Set([1, 'a', { b: 1 }]));
console.table('text');
console.table(5);
console.table(null);
console.table([]);
console.table([{ name: '日本', é: 'ü' }, { name: function f() {}, é: Symbol('s') }]);
try { console.table([1], 'a'); } catch (error) { console.log(error.code, error.message); }
console.dir({ a: { b: { c: { d: 1 } } } }, { depth: 0 });
console.dir({ a: 1, s: 'x' }, { colors: true });
console.dir([1, 2, 3], { compact: false });
console.group('outer', { g: 1 });
console.log('one\ntwo');
console.group();
console.info({ a: 'x'.repeat(60), b: 'y'.repeat(30) });
console.table([1]);
console.groupEnd();
console.count();
console.count('x');
console.count();
console.countReset();
console.count();
console.groupEnd();
console.groupEnd();
console.log('left %s %d %i %f %j %o %O %c %%', 's', 1.5, 1.5, '2.5', { a: 1 }, [1], { b: { c: {} } }, 'css', 'rest', { x: 1 });
console.assert(true, 'never');
console.dirxml({ a: 1 }, [2]);
var log = console.log;
log('detached', typeof console.Console, Object.prototype.toString.call(console));
var lines = [];
function none() { return 0; }
function stream() { return { write: function (text) { lines.push(text); }, on: none, once: none, removeListener: none, listenerCount: none }; }
var own = new console.Console(stream());
own.log('a', { b: 1 });
own.group('g');
own.error('in\ngroup');
own.table([1]);
own.count();
console.log(lines, own instanceof console.Console);
var colored = new console.Console({ stdout: stream(), colorMode: true });
colored.log({ a: 1 });
console.log(JSON.stringify(lines.pop()));
try { new console.Console(); } catch (error) { console.log(error.code, error.message); }
process.on('warning', function (warning) { console.log(warning.name, warning.message); });
console.timeEnd('none');
console.timeLog('none');
console.countReset('none');
console.time('t');
console.time('t');
