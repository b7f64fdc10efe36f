// The lowerer's passes, each by what it is for; run by Node (make check-lower).
import test from 'node:test';
import assert from 'node:assert/strict';
import vm from 'node:vm';
import { parse } from '../../runtime/lower/parse.js';
import { analyze } from '../../runtime/lower/scopes.js';
import { findChecks } from '../../runtime/lower/deadzone.js';
import { chooseSign, nameBindings } from '../../runtime/lower/naming.js';
import * as editor from '../../runtime/lower/editor.js';
import { lower } from '../../runtime/lower/lower.js';

function bindings(source) {
    const analysis = analyze(parse(source, 'commonjs'), 'commonjs');
    chooseSign('commonjs');
    findChecks(analysis);
    nameBindings(analysis);
    return analysis;
}

function named(source, name) {
    return bindings(source).bindings.filter((each) => each.name === name);
}

function code(source, goal = 'commonjs') {
    return lower(source, { goal, file: 'file.js' }).code;
}

function refusal(source, goal = 'commonjs') {
    try {
        lower(source, { goal, file: 'file.js' });
    } catch (error) {
        return error;
    }
    throw new Error('taken');
}

// ---- parse --------------------------------------------------------------------------------------

test('parse: errors have their place', () => {
    const error = refusal('let a = 1;\nlet a = 2;');
    assert.equal(error.name, 'SyntaxError');
    assert.equal(error.line, 2);
    assert.equal(error.column, 4);
});

test('parse: what cannot be lowered is named with its line', () => {
    assert.equal(refusal('\nlet a = 1n;').feature, 'BigInt');
    assert.equal(refusal('\nlet a = 1n;').line, 2);
    assert.equal(refusal('\nlet r = /[a--b]/v;').feature, 'v flag');
});

test('parse: words beside keywords, escapes and other letters', () => {
    assert.equal(parse('var instanceOf, \\u0061b, \u00e9t\u00e9;', 'script').body[0].declarations.length, 3);
    assert.throws(() => parse('var cl\\u0061ss;', 'script'), SyntaxError);
});

test('parse: return only where the goal has it', () => {
    assert.ok(code('return 1;'));
    assert.match(refusal('return 1;', 'script').message, /return/);
});

// ---- scopes -------------------------------------------------------------------------------------

test('scopes: captured and assigned names', () => {
    const [a, b] = bindings('let a = 1, b = 2; const f = () => a; b = 3;').bindings;
    assert.deepEqual([a.isCaptured, a.isAssigned, b.isCaptured, b.isAssigned], [true, false, false, true]);
});

test('scopes: only loops whose closures keep their names become functions', () => {
    const loops = (source) => bindings(source).functions[0].loops.map((loop) => loop.isFunction);
    assert.deepEqual(loops('for (let i = 0; i < 3; i++) { f(i); }'), [false]);
    assert.deepEqual(loops('for (let i = 0; i < 3; i++) { f(() => i); }'), [true]);
    assert.deepEqual(loops('for (var i = 0; i < 3; i++) { f(() => i); }'), [false]);
    assert.deepEqual(loops('let i; for (;;) { for (const x of y) { f(() => i); } }'), [false, false]);
});

test('scopes: aliases only where this, arguments and new.target are used elsewhere', () => {
    const needs = (source) => bindings(source).functions[1].needs;
    assert.deepEqual(needs('function f() { this.x = arguments; }'), { self: false, args: false, target: false });
    assert.deepEqual(needs('function f() { () => this; }'), { self: true, args: false, target: false });
    assert.deepEqual(needs('async function f() { await arguments; }'), { self: false, args: true, target: false });
});

// ---- dead zone ----------------------------------------------------------------------------------

test('dead zone: uses that cannot come too early are not checked', () => {
    const safe = ['const a = 1; use(a);', 'const a = 1; const f = () => a;', 'const a = (n) => n && a(n - 1);',
        'const a = 1; function f() { return a; } f();', 'const a = { f() { return a; } };',
        'function g() { return f(); } function f() { return a; } const a = 1; g();'];
    for (const source of safe) {
        assert.equal(named(source, 'a')[0].flag, null, source);
    }
});

test('dead zone: uses that may come too early are checked', () => {
    const unsafe = ['use(a); const a = 1;', 'const a = a + 1;', 'f(); const a = 1; function f() { return a; }',
        'const a = g(() => a);', 'const f = () => a; f(); const a = 1;', 'switch (x) { case 1: let a; case 2: a; }'];
    for (const source of unsafe) {
        assert.notEqual(named(source, 'a')[0].flag, null, source);
    }
});

// ---- naming -------------------------------------------------------------------------------------

test('naming: inner names stay unless they would shadow another', () => {
    assert.deepEqual(named('{ let a = 1; }', 'a').map((each) => each.out), ['a']);
    assert.deepEqual(named('let a; { let a = 1; }', 'a').map((each) => each.out), ['a', 'a$1']);
    assert.deepEqual(named('{ let a; } { let a; }', 'a').map((each) => each.out), ['a', 'a']);
    assert.deepEqual(named('{ let a; f(() => a); } { let a; }', 'a').map((each) => each.out), ['a', 'a$1']);
    assert.deepEqual(named('function f() { { let a = 1; } return a; }', 'a').map((each) => each.out), ['a$1']);
    assert.deepEqual(named('var a$1; let a; { let a = 1; }', 'a').map((each) => each.out), ['a', 'a$2']);
});

// ---- editor -------------------------------------------------------------------------------------

test('editor: text that is skipped leaves its line breaks', () => {
    editor.open('one\ntwo\nthree');
    editor.copyTo(3);
    editor.skipTo(8);
    editor.put('!');
    assert.equal(editor.result(), 'one!\n\nthree');
});

test('editor: captured text is on one line, comments dropped, strings kept', () => {
    editor.open('a // c\n+ "//\\n"');
    assert.equal(editor.capture(0, () => editor.copyTo(15)).replace(/ +/g, ' '), 'a + "//\\n"');
});

// ---- the whole ----------------------------------------------------------------------------------

test('lower: every marked token keeps its line', () => {
    const source = ['const {', '  a = L2(),', '} = L3({', '  b: L4(),', '});',
        'class A extends (L6, B) {', '  f = L7();', '', '  m(x = L9()) {', '    return L10(x)?.', '      y(L11());',
        '  }', '}', 'for (const x of L14()) {', '  f(() => x, L15());', '}',
        'const t = `', '${L18()}', '`; L19();', 'async () => {', '  await L21();', '};'].join('\n');
    code(source).split('\n').forEach((line, index) => {
        for (const [, number] of line.matchAll(/\bL(\d+)\b/g)) {
            if (number !== '2') { // a pattern comes behind its value
                assert.equal(Number(number), index + 1);
            }
        }
    });
});

test('lower: no line break gets between an operand and ++', () => {
    assert.match(code('class A {\n\n  [i++] = i++;\n  static [(\nj--)] = 1;\n}'), /i\+\+[^]*i\+\+[^]*j--/);
});

test('lower: the output is ES5', () => {
    const source = 'let { a, ...b } = c ?? d, e = [...f, 1_0], g = `x${h}`; class I { #j = 1; static k() {} }' +
        'for (const l of m) { n?.o?.(() => l); } async function p(q = 1) { await q; } function* r() { yield* s; }' +
        'try { t ||= u; } catch { }';
    const text = code(source).replace(/"(?:[^"\\]|\\.)*"/g, '""');
    assert.doesNotMatch(text, /=>|`|\blet\b|\bconst\b|\bclass\s+\w+\s*\{|\?\.|\?\?|\.\.\.|#j|catch \{|async function|\*/);
    new vm.Script('(function () {' + text + '})');
});

test('lower: code without anything modern stays as it is, but functions know where they stood', () => {
    const source = 'var a = 1;\nfunction f(b) {\n    // comment\n    return a + b;\n}\nmodule.exports = f;\n';
    assert.equal(code(source), source.replace('{', '{"use lowered c@11,61";'));
    assert.equal(source.slice(11, 61), 'function f(b) {\n    // comment\n    return a + b;\n}');
});

test('lower: a direct eval is told the names, other calls are not touched', () => {
    assert.match(code('let x; { let x; eval("x"); }'), /eval\(\$lowered\.eval\("x", "x x\$1/);
    assert.match(code('f(() => g((a) => a)(1));'), /return \( g\(function \(a\)/);
    assert.doesNotMatch(code('let x; { let x; (0, eval)("x"); }'), /lowered\.eval/);
    assert.equal(lower('x', { goal: 'script', file: 'f', parameters: 'x x$1;this self$1' }).code, 'x$1;');
});

test('lower: modules', () => {
    const result = lower('import d, { a as b } from "x";\nimport * as n from "y";\nexport const c = b + d;\n' +
        'export { b as again };\nexport * from "z";\nexport default () => n;\nawait c;', { goal: 'module', file: 'f' });
    assert.deepEqual(result.imports.map((each) => each.specifier), ['x', 'y', 'z']);
    assert.deepEqual(result.exports, ['c', 'again', 'default']);
    assert.equal(result.isAsync, true);
    assert.match(result.code, /\$module\.star\(2\)/);
    assert.match(result.code, /\$module\.ns\[0\]\.a \+ \$module\.ns\[0\]\.default/);
});

test('lower: nesting without end is a SyntaxError', () => {
    assert.equal(refusal('(() => '.repeat(30000) + '1' + ')'.repeat(30000)).name, 'SyntaxError');
});
