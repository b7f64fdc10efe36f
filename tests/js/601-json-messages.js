// JSON.parse says what is wrong and where; JSON.stringify shows the circle.
'use strict';

function attempt(work) {
    try {
        work();
        console.log('no error');
    } catch (error) {
        console.log(error.name + ': ' + error.message);
    }
}

const texts = ['', ' ', '{', '[', '{a}', '[1,]', '{"a":1,}', 'nope', 'tru', 'nul', 'falsy', '{"a":tru}',
    '[1 2]', '"abc', '"abc\\', '"a\nb"', '01', '-', '-x', '1.', '1.x', '1e', '1e+', '{"a" 1}', '{"a":1 "b"}',
    '<html>', '{"a":1} x', '[1,2,3', '"\\x"', '"\\u12g4"', '"\\u12', "{'a':1}", '{"a":"b" "c"}', '[1}',
    '{"a":1]', '\u00e9', '"\u00e9" x', '[undefined]', 'undefined', 'NaN', 'Infinity', '{"a":1', '{"a":', '{"a"',
    ',', ']', '}', '[,1]', '1 1', '"a" "b"', '+1', '.5', '[[[', '[[[1]', '{"a":[{"b":]}',
    '{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa":1, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb}',
    '[1, 2, 3, 4, 5, 6, 7, 8, oops, 9, 10, 11, 12]', 'oops this is a longer text', '[1, 2, 3, 4, 5, 6, 7, oops]',
    '[1, 2, 3, 4, 5, 6, 7, 8, \u20ac\u20ac\u20ac, 9, 10, 11]'];
texts.forEach(function (text) {
    attempt(() => JSON.parse(text));
});
[undefined, {}, [], NaN, () => 1, Symbol.iterator].forEach(function (value) {
    attempt(() => JSON.parse(typeof value === 'function' ? 'f' : value));
});

class Node {}
const a = new Node();
a.self = a;
attempt(() => JSON.stringify(a));
const b = { list: [1, { back: null }] };
b.list[1].back = b;
attempt(() => JSON.stringify({ outer: b }));
const long = { one: { two: { three: { four: { five: [] } } } } };
long.one.two.three.four.five.push(long.one);
attempt(() => JSON.stringify(long));
attempt(() => JSON.stringify(long, null, 2));
attempt(() => JSON.stringify([long], ['one', 'two', 'three', 'four', 'five']));
