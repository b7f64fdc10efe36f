// The well-known symbols: names, attributes, identity, and that they are no registered ones.
'use strict';

const names = ['asyncIterator', 'hasInstance', 'isConcatSpreadable', 'iterator', 'match', 'matchAll',
    'replace', 'search', 'species', 'split', 'toPrimitive', 'toStringTag', 'unscopables',
    'dispose', 'asyncDispose'];
names.forEach(function (name) {
    var symbol = Symbol[name];
    var descriptor = Object.getOwnPropertyDescriptor(Symbol, name);
    console.log(name, typeof symbol, String(symbol), Symbol.keyFor(symbol),
        symbol === Symbol.for('Symbol.' + name), descriptor.writable, descriptor.enumerable,
        descriptor.configurable);
});
