// Lookbehind; literals with all flags, compiled once; what they do in loops.
'use strict';

function show(...list) {
    console.log(...list);
}

// one after the other
show('price: $42, 17 and €9'.match(/(?<=\$)\d+/g), 'a1b2c3'.replace(/(?<=[a-b])\d/g, '#'));
show('foobar barbar'.replace(/(?<!foo)bar/g, 'X'), /(?<!a)b/.exec('ab bb').index);
show('1234567.891'.replace(/(?<!\.\d*)(?<=\d)(?=(\d{3})+(?!\d))/g, ','));
show(/(?<=^|,)x/g[Symbol.replace]('x,x,xx', 'y'), 'ab\ncd'.match(/(?<=^)./gm));
show(/(?<=\b)\w/.exec(' word'), /(?<=a{2})b/.test('ab'), /(?<=a{2})b/.test('aab'));

// groups are matched from their end
show(/(?<=(\d+)(\d+))$/.exec('1053').slice(1), /(?<=(\d+?)(\d+))$/.exec('1053').slice(1));
show(/(?<=(a|ab)(c|bcd))e/.exec('abcde').slice(1), /(?<=([abc]+)).\1/.exec('abcdbc'));
show(/(?<=\1(\w))d/i.exec('abcCd'), /(?<=(\w)\1)d/.exec('aabbd'), /(?<=(?<x>a)|b)c/.exec('ac').groups.x);
show(/(?<=(?<year>\d{4})-)\d\d/u.exec('on 2024-06').groups.year, 'aXbXc'.split(/(?<=X)/));
show(/(?<=a(?=bc)b)c/.exec('abc').index, /(?<=a(?!x).)c/.exec('abc').index, /(?<!(?<=a)b)c/.test('abc'));
show(/(?<=([^,]*),)b/.exec('xa,b')[1], /(?<=(?:ab|cd)*)e/.exec('abcde').index, /(?<=a|bc|)d/.exec('d').index);
show(/(?<=.)^/m.exec('a\nb'), /(?<=x*)y/.exec('xxy')[0], /(?<=(x*?))y/.exec('xxy')[1], /(?<=(x*))y/.exec('xxy')[1]);
show(/(?<=\u{1f600})a/u.test('😀a'), /(?<=[😀-😂])a/u.exec('x😁a').index, /(?<![^a])b/u.test('😀b'));
show(/(?<=É)b/i.test('éb'), /(?<=[A-C]{2,3}?)d/i.exec('abcd').index);
const sticky = /(?<=a)b/y;
sticky.lastIndex = 1;
show(sticky.test('ab'), sticky.lastIndex);
show('aaa'.replace(/(?<=(a))(?=a)/g, '[$1]'), [...'a1b22'.matchAll(/(?<=[a-z])\d+/g)].map((m) => m.index));

// errors
for (const source of ['(?<=a', '(?<=a)+?*', '(?<a', '(?<=a){2}']) {
    for (const flags of ['', 'u']) {
        try {
            show(source, flags, new RegExp(source, flags).test('aa'));
        } catch (error) {
            show(source, flags, error.name);
        }
    }
}

// literals
const flagged = [/a.c/s, /\u{61}/u, /b/dg, /^c/my, /(?<n>d)/, /[/\]]/gi, /\//u, /a/gimsuyd];
show(flagged.map((each) => each.flags + ' ' + each.source).join('\n'));
const made = [];
for (let i = 0; i < 3; i++) {
    const each = /(?<letter>[a-z])/gu;
    each.test('abc');
    made.push(each);
}
show(made.map((each) => each.lastIndex), made[0] !== made[1]);
show('x1y2'.replace(/(?<l>[a-z])(?<d>\d)/g, '$<d>$<l>'), /(?<n>.)/d.exec('ab').indices.groups.n);
