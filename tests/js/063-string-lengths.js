// Lengths of long strings, ASCII and not, wherever the characters of two and three bytes stand.
'use strict';

function repeat(text, count) {
    return new Array(count + 1).join(text);
}

var wrong = [];
for (var before = 0; before < 70; before++) {
    ['', 'é', 'éé', '€', '€é', repeat('é', 33), repeat('€', 40)].forEach(function (middle) {
        [0, 1, 31, 32, 100].forEach(function (after) {
            var text = repeat('a', before) + middle + repeat('b', after);
            var end = before + middle.length + after;
            if (text.length !== end || text.charAt(end - 1) !== (after ? 'b' : middle.slice(-1) || (before ? 'a' : ''))) {
                wrong.push([before, middle, after, text.length]);
            }
        });
    });
}
console.log(wrong.length, wrong.slice(0, 3));
console.log(repeat('x', 100000).length, (repeat('x', 99999) + 'é').length, repeat('€', 50000).length);
