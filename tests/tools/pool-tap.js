'use strict';
// The part of tap that tests of pools use, for pool-tests.mjs: tests run one after the other, and each
// prints one line, "ok NAME" or "not ok NAME # why". Works on any runtime.
const assert = require('assert');

const queue = [];
let current = null;

function show(error) {
    const lines = error instanceof Error ?
        [error.code, error.message.split('\n').filter((line) => line.trim()).slice(0, 4).join(' ')] :
        ['threw ' + String(error)];
    return lines.filter(Boolean).join(' ').slice(0, 200);
}

// Whether `value` has what `pattern` has.
function matches(value, pattern) {
    if (pattern instanceof RegExp) {
        return pattern.test(value instanceof Error ? `${value.name}: ${value.message}` : String(value));
    }
    if (typeof pattern === 'function') {
        return value instanceof pattern;
    }
    if (pattern === null || typeof pattern !== 'object') {
        return Object.is(value, pattern);
    }
    const keys = pattern instanceof Error ? ['message', ...Object.keys(pattern)] : Object.keys(pattern);
    return value !== null && typeof value === 'object' && keys.every((key) => matches(value[key], pattern[key]));
}

class Assertions {
    constructor() {
        this.open = [];
        this.count = 0;
        this.planned = undefined;
        this.reached = new Promise((resolve) => { this.reach = resolve; });
        for (const name of ['equal', 'not', 'ok', 'notOk', 'same', 'strictSame', 'match', 'rejects', 'throws',
            'doesNotThrow', 'resolves', 'pass', 'fail', 'plan', 'comment', 'end', 'teardown']) {
            this[name] = this[name].bind(this);
        }
        this.teardowns = [];
    }

    note() {
        this.count++;
        if (this.count === this.planned) {
            this.reach();
        }
    }

    equal(a, b) { this.note(); assert.strictEqual(a, b); }
    not(a, b) { this.note(); assert.notStrictEqual(a, b); }
    ok(value) { this.note(); assert.ok(value, `not truthy: ${String(value)}`); }
    notOk(value) { this.note(); assert.ok(!value, `not falsy: ${String(value)}`); }
    same(a, b) { this.note(); assert.deepEqual(a, b); }
    strictSame(a, b) { this.note(); assert.deepStrictEqual(a, b); }
    match(value, pattern) { this.note(); assert.ok(matches(value, pattern), `does not match: ${String(value)}`); }
    pass() { this.note(); }
    fail(message) { this.note(); assert.fail(message); }
    plan(count) { this.planned = count; }
    comment() {}
    end() { this.reach(); }
    teardown(f) { this.teardowns.push(f); }

    throws(f, pattern) {
        this.note();
        assert.throws(f, (error) => pattern === undefined || matches(error, pattern) ||
            assert.fail(`threw ${show(error)}`));
    }

    doesNotThrow(f) { this.note(); f(); }

    // What is not awaited counts all the same.
    rejects(promise, pattern) {
        const given = typeof promise === 'function' ? promise() : promise;
        const checked = given.then(() => { throw new Error('did not reject'); }, (error) => {
            this.note();
            assert.ok(pattern === undefined || matches(error, pattern), `rejected with ${show(error)}`);
        });
        checked.catch(() => {});
        this.open.push(checked);
        return checked;
    }

    resolves(promise) {
        const checked = Promise.resolve(promise).then(() => this.note());
        this.open.push(checked);
        return checked;
    }
}

async function run({ name, body }) {
    const t = new Assertions();
    current = name;
    try {
        await body(t);
        await Promise.all(t.open);
        if (t.planned !== undefined && t.count < t.planned) {
            await t.reached;
        }
        for (const teardown of t.teardowns) {
            await teardown();
        }
        assert.ok(t.planned === undefined || t.count === t.planned, `planned ${t.planned}, saw ${t.count}`);
        console.log(`\nok ${name}`);
    } catch (error) {
        console.log(`\nnot ok ${name} # ${show(error)}`);
    }
    current = null;
}

async function runAll() {
    for (let test = queue[0]; test !== undefined; test = queue[0]) {
        await run(test);
        queue.shift();
    }
}

exports.test = function (name, options, body) {
    queue.push({ name, body: typeof options === 'function' ? options : body });
    if (queue.length === 1) {
        setImmediate(runAll);
    }
};
exports.default = exports;

process.on('exit', () => {
    for (const { name } of queue) {
        console.log(`\nnot ok ${name} # ${name === current ? 'did not finish' : 'was not reached'}`);
    }
});
