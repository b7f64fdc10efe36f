// util: promisify, callbackify, types, parseArgs and the small ones; os, crypto, diagnostics_channel.
var util = require('util');
var fs = require('fs');
function show(run) {
    try { console.log(run()); } catch (error) { console.log(error.name, error.code, error.message); }
}
var types = util.types;
var samples = { date: new Date(0), regexp: /x/, error: new TypeError('x'), promise: Promise.resolve(), buffer: new ArrayBuffer(1), shared: new SharedArrayBuffer(1),
    view: new DataView(new ArrayBuffer(1)), bytes: new Uint8Array(1), floats: new Float64Array(1), node: Buffer.alloc(1), number: Object(1), string: Object('a'), boolean: Object(true), symbol: Object(Symbol('s')),
    args: (function () { return arguments; })(), proxy: new Proxy({}, {}), plain: {}, list: [], fn: function () {}, one: 1, text: 'x', none: null, fake: { __proto__: Date.prototype } };
samples.fake[Symbol.toStringTag] = 'Date';
Object.keys(samples).forEach(function (name) {
    console.log(name, Object.keys(types).filter(function (check) { return types[check](samples[name]); }).sort().join());
});
console.log(Object.keys(util).filter(function (k) { return /^is/.test(k); }).sort().map(function (k) { return k + util[k](samples.error) + util[k]('x') + util[k](null); }).join());
var promised = util.promisify(function (a, b, done) { setImmediate(done, a ? null : new Error('refused'), a + b, 'second'); });
promised(1, 2).then(console.log);
promised(0, 2).catch(function (error) { console.log(error.message); });
function custom() {}
custom[util.promisify.custom] = function () { return 'own'; };
console.log(util.promisify(custom)(), util.promisify.custom, util.promisify(fs.stat).name);
show(function () { return util.promisify(5); });
var called = util.callbackify(function (x) { return x ? Promise.resolve(x) : Promise.reject(x); });
called(5, function (error, value) { console.log(error, value, called.name, called.length); });
called(0, function (error) { console.log(error.code, error.message, error.reason); });
show(function () { return called(1); });
show(function () { return util.getSystemErrorName(-2) + util.getSystemErrorName(-13); });
show(function () { return util.getSystemErrorName(5); });
show(function () { return util.toUSVString('a\ud800b') + util.stripVTControlCharacters('\u001b[31mred\u001b[0m'); });
show(function () { return util.isDeepStrictEqual({ a: [1, { b: 2 }] }, { a: [1, { b: 2 }] }); });
show(function () { return util.parseArgs({ args: ['-f', '--bar', 'b', '--list=1', '--list', '2', '-vx', 'pos'], options: { foo: { type: 'boolean', short: 'f' }, bar: { type: 'string' }, list: { type: 'string', multiple: true }, v: { type: 'boolean', short: 'v' }, x: { type: 'boolean', short: 'x' }, d: { type: 'string', default: 'D' } }, allowPositionals: true }); });
show(function () { return util.parseArgs({ args: ['--no'], options: {} }); });
show(function () { return util.parseArgs({ args: ['pos'], options: {} }); });
show(function () { return util.parseArgs({ args: ['--s'], options: { s: { type: 'string' } } }); });
show(function () { return util.parseArgs({ args: ['--b=1'], options: { b: { type: 'boolean', short: 'b' } } }); });
show(function () { return util.parseArgs({ args: ['a', '-x', '--y=1', '--', '-z'], strict: false, tokens: true }); });
console.log(util.debuglog('nothing').enabled, util._extend({ a: 1 }, { b: 2 }), util.TextEncoder === TextEncoder, require('util/types') === types);
var os = require('os');
console.log(Object.keys(os).join(), os.EOL === '\n', os.platform(), os.type(), os.endianness(), os.arch(), String(os.hostname).length, os.cpus().length > 0, os.totalmem() > os.freemem(), os.availableParallelism() > 0,
    os.loadavg().length, os.uptime() > 0, typeof os.release(), os.constants.signals.SIGTERM, typeof os.userInfo().uid, os.devNull, os.tmpdir().length > 0);
var crypto = require('crypto');
console.log(crypto.randomBytes(8).length, /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(crypto.randomUUID()), crypto.randomInt(5) < 5, crypto.webcrypto.getRandomValues(new Uint8Array(4)).length);
show(function () { return crypto.randomBytes('x'); });
var dc = require('diagnostics_channel');
var channel = dc.channel('c');
function heard(message, name) { console.log('heard', message, name); }
console.log(channel.hasSubscribers, channel === dc.channel('c'), dc.hasSubscribers('none'));
channel.subscribe(heard);
channel.publish({ x: 1 });
console.log(channel.hasSubscribers, channel.unsubscribe(heard), channel.unsubscribe(heard));
show(function () { return dc.channel(5); });
var tracing = dc.tracingChannel('t');
tracing.subscribe({ start: function (m) { console.log('start', m); }, end: function (m) { console.log('end', m.id, m.result); }, error: function (m) { console.log('error', m.error.message); } });
console.log(tracing.traceSync(function (a) { return this.q + a; }, { id: 1 }, { q: 2 }, 3));
show(function () { return tracing.traceSync(function () { throw new Error('t'); }, { id: 2 }); });
