// Unicode properties in regular expressions: categories, scripts, binary properties; in classes, inverted,
// without regard to case; and what a dot or an inverted class is to pairs of surrogates.
'use strict';

const text = 'Été 42 Ωμέγα Привет 日本語 कि 😀🏽 x̂_-—«» ٣ Ⅷ ½ \u200b\ud800\u00df\u0130ǅ';
const sources = ['L', 'Letter', 'Lu', 'Ll', 'Lt', 'Lo', 'Lm', 'LC', 'M', 'Mn', 'Mc', 'N', 'Nd', 'Nl', 'No', 'P', 'Pd', 'Pi', 'S',
    'So', 'Sk', 'Z', 'Zs', 'C', 'Cc', 'Cf', 'Cs', 'Co', 'Cn', 'gc=Lu', 'General_Category=Uppercase_Letter', 'sc=Latin',
    'Script=Greek', 'Script=Cyrl', 'sc=Han', 'scx=Hira', 'Script_Extensions=Devanagari', 'Script=Common', 'Alphabetic',
    'Any', 'ASCII', 'Assigned', 'Emoji', 'Emoji_Presentation', 'Extended_Pictographic', 'ID_Start', 'ID_Continue',
    'White_Space', 'Uppercase', 'Lowercase', 'Hex_Digit', 'Dash', 'Math', 'Ideographic', 'Noncharacter_Code_Point',
    'Regional_Indicator', 'XIDC', 'Default_Ignorable_Code_Point'];
for (const source of sources) {
    const found = text.match(new RegExp(`\\p{${source}}+`, 'gu')) || [];
    const others = text.match(new RegExp(`\\P{${source}}+`, 'gu')) || [];
    console.log(source, JSON.stringify(found), JSON.stringify(others));
}

// in classes
console.log(text.match(/[\p{L}\p{M}\d_-]+/gu).join('|'));
console.log(text.match(/[^\p{L}\p{N}\s]+/gu).map((each) => JSON.stringify(each)).join('|'));
console.log(text.match(/[\P{L}]/gu).length, text.match(/[^\P{L}]/gu).length, /^[\p{Emoji}-]+$/u.test('😀-'));
console.log(/^\p{Lu}\p{Ll}+$/u.test('Été'), /^[\p{L}'’ -]+$/u.test("Jean-Luc O'Neill"), /\p{Emoji}$/u.exec('a😀').index);

// case
console.log(/^\p{Lu}+$/iu.test('aBc'), /^\P{Lu}$/iu.test('A'), /^[^\p{Lu}]$/iu.test('a'), /^\p{Script=Greek}+$/iu.test('Ωω'));

// behind and before
console.log('10€ 5$ 7'.match(/\d+(?=\p{Sc})/gu), '€10 $5 7'.match(/(?<=\p{Sc})\d+/gu), '😀1 a2'.match(/(?<!\p{L})\d/gu));

// whole code points
console.log(/^.$/u.test('😀'), /^.{2}$/u.test('😀'), /^[^a]$/u.test('😀'), /^[^a]{2}$/u.test('😀'), /.$/u.exec('a😀').index);
console.log(/^.$/su.test('\n'), /^.$/u.test('\n'), /[^\u{1f600}]/u.exec('😀'), '😀😁'.replace(/./gu, 'x'), /^.*b/u.exec('a😀b')[0]);
console.log('a\u{1d306}b'.split(/(?:)/u).length, /^\S$/u.test('😀'), /^[^]$/u.test('😀'), /[]/u.test('a'));

// names that are none
for (const source of ['\\p{}', '\\p{Nope}', '\\p{Script}', '\\p{Script=Nope}', '\\p{IsGreek}', '\\p{lu}', '\\p', '\\p{L', '[\\p{L}-z]',
    '\\p{Lu=Lu}', '\\\u0001', '\\p{General_Category=Latin}', '\\p{Block=Basic_Latin}']) {
    try {
        new RegExp(source, 'u');
        console.log(JSON.stringify(source), 'taken');
    } catch (error) {
        console.log(JSON.stringify(source), error.name);
    }
}
console.log(/\p{L}/.test('p{L}'), /[\p]/.test('p'));
