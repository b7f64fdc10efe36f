// Writes the tables of unicode.c: for every property that regular expressions may ask for, the code
// points that have it, as Node's own engine knows them. The names are the parser's (acorn).
//
//   node runtime/engine/unicode.mjs ACORN OUTPUT
import { readFileSync, writeFileSync } from 'node:fs';

const [acorn, output] = process.argv.slice(2);
const SURROGATES = [0xd800, 0xe000];
const PLAIN_END = 0x40000; // from here on whole planes are alike but for their ends

// ---- names --------------------------------------------------------------------------------------

const texts = {};
for (const [, name, base, text] of readFileSync(acorn, 'utf8').matchAll(
    /^var (ecma\d+(?:Binary|Script)\w+|unicodeGeneralCategoryValues|scriptValuesAddedInUnicode) = (?:(\w+) \+ )?(?:" " \+ )?(?:"([^"]*)"|\w+)/gm)) {
    texts[name] = (texts[base] || '') + (text || '');
}
const newest = (kind) => Object.keys(texts).filter((name) => name.includes(kind))
    .reduce((all, name) => all + ' ' + texts[name], texts.scriptValuesAddedInUnicode || '');
const words = (text) => [...new Set(text.split(' ').filter(Boolean))];
const known = (expression) => {
    try {
        return new RegExp(`\\p{${expression}}`, 'u') && true;
    } catch {
        return false;
    }
};

const wanted = []; // [kind, name, expression]
for (const name of words(texts.unicodeGeneralCategoryValues)) {
    wanted.push(['CATEGORY', name, `gc=${name}`]);
}
for (const name of words(newest('Binary'))) {
    wanted.push(['BINARY', name, name]);
}
for (const name of words(newest('Script'))) {
    wanted.push(['SCRIPT', name, `sc=${name}`], ['EXTENSION', name, `scx=${name}`]);
}

// ---- sets ---------------------------------------------------------------------------------------

function* samples() {
    for (let plane = PLAIN_END; plane < 0x110000; plane += 0x10000) {
        const from = plane === 0xe0000 ? plane + 0x1000 : plane + 0x10;
        for (let code = plane; code < from; code++) {
            yield [code, code + 1];
        }
        yield [from, plane + 0xfff0];
        for (let code = plane + 0xfff0; code < plane + 0x10000; code++) {
            yield [code, code + 1];
        }
    }
}

let text = '';
for (let code = 0; code < PLAIN_END; code++) {
    text += code >= SURROGATES[0] && code < SURROGATES[1] ? '' : String.fromCodePoint(code);
}
const places = [...samples()];

// The code point at an offset of `text`.
function codeAt(offset) {
    const inPlane = 0x10000 - (SURROGATES[1] - SURROGATES[0]);
    return offset < SURROGATES[0] ? offset : offset < inPlane ? offset + 0x800 :
        0x10000 + (offset - inPlane) / 2;
}

// [from, behind, from, behind ...]
function rangesOf(expression) {
    const list = [];
    const add = (from, to) => {
        if (list.length && list[list.length - 1] === from) {
            list[list.length - 1] = to;
        } else {
            list.push(from, to);
        }
    };
    const one = new RegExp(`^\\p{${expression}}`, 'u');
    const hasSurrogates = one.test('\ud800');
    let isPast = false;
    const pass = () => {
        if (hasSurrogates && !isPast) {
            add(...SURROGATES);
        }
        isPast = true;
    };
    for (const match of text.matchAll(new RegExp(`\\p{${expression}}+`, 'gu'))) {
        const from = codeAt(match.index);
        const to = codeAt(match.index + match[0].length);
        if (from < SURROGATES[0] && to > SURROGATES[0]) {
            add(from, SURROGATES[0]);
            pass();
            if (to > SURROGATES[1]) {
                add(SURROGATES[1], to);
            }
            continue;
        }
        if (from >= SURROGATES[1]) {
            pass();
        }
        add(from, to === SURROGATES[1] && from < SURROGATES[0] ? SURROGATES[0] : to);
    }
    pass();
    for (const [from, to] of places) {
        if (one.test(String.fromCodePoint(from))) {
            add(from, to);
        }
    }
    return list;
}

// ---- the tables ---------------------------------------------------------------------------------

const sets = new Map(); // ranges as text -> number
const names = [];
const numbers = [];
for (const [kind, name, expression] of wanted.filter(([, , expression]) => known(expression))) {
    const ranges = rangesOf(expression);
    const key = ranges.join();
    if (!sets.has(key)) {
        sets.set(key, { number: sets.size, start: numbers.length, count: ranges.length });
        numbers.push(...ranges);
    }
    names.push(`{"${name}", PROPERTY_${kind}, ${sets.get(key).number}}`);
}

const lines = (list) => list.reduce((all, each, index) => all + each + (index % 12 === 11 ? ',\n' : ', '), '');
writeFileSync(output, `/* Made by runtime/engine/unicode.mjs, Unicode ${process.versions.unicode}. */
static const uint32_t property_ranges[] = {\n${lines(numbers.map((each) => '0x' + each.toString(16)))}};
static const struct property_set property_sets[] = {\n${lines([...sets.values()]
        .map((each) => `{${each.start}, ${each.count}}`))}};
static const struct property_name property_names[] = {\n${lines(names)}};
`);
