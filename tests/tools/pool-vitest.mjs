// The part of vitest that tests of pools use, for pool-tests.mjs: globals, run one after the other, one
// line each: "ok NAME" or "not ok NAME # why". Works on any runtime.
import assert from 'node:assert';
import { isDeepStrictEqual } from 'node:util';

const queue = [];
const groups = [];
const before = [];
const after = [];
let current = null;
let isMocking = false;

function show(error) {
    return (error instanceof Error ?
        [error.code, error.message.split('\n').filter((line) => line.trim()).slice(0, 4).join(' ')].filter(Boolean).join(' ') :
        `threw ${String(error)}`).slice(0, 200);
}

function includes(value, part) {
    if (Array.isArray(part) || (part !== null && typeof part === 'object' && Object.getPrototypeOf(part) === Object.prototype)) {
        return value !== null && typeof value === 'object' &&
            Object.keys(part).every((key) => includes(value[key], part[key]));
    }
    return isDeepStrictEqual(value, part);
}

function throwsAs(error, wanted) {
    if (wanted === undefined) {
        return true;
    }
    if (wanted instanceof RegExp) {
        return wanted.test(error.message);
    }
    return typeof wanted === 'function' ? error instanceof wanted :
        typeof wanted === 'string' ? error.message.includes(wanted) : error.message === wanted.message;
}

const matchers = {
    toBe: (value, wanted) => assert.ok(Object.is(value, wanted), `${String(value)} is not ${String(wanted)}`),
    toEqual: (value, wanted) => assert.deepEqual(value, wanted),
    toStrictEqual: (value, wanted) => assert.deepStrictEqual(value, wanted),
    toMatchObject: (value, wanted) => assert.ok(wanted instanceof Error ? value.message === wanted.message :
        includes(value, wanted), `does not match: ${show(value)}`),
    toBeTruthy: (value) => assert.ok(value, `not truthy: ${String(value)}`),
    toBeFalsy: (value) => assert.ok(!value, `not falsy: ${String(value)}`),
    toBeNull: (value) => assert.strictEqual(value, null),
    toBeUndefined: (value) => assert.strictEqual(value, undefined),
    toBeDefined: (value) => assert.notStrictEqual(value, undefined),
    toBeInstanceOf: (value, wanted) => assert.ok(value instanceof wanted, `not a ${wanted.name}`),
    toBeGreaterThan: (value, least) => assert.ok(value > least, `${value} is not above ${least}`),
    toBeGreaterThanOrEqual: (value, least) => assert.ok(value >= least, `${value} is below ${least}`),
    toBeLessThanOrEqual: (value, most) => assert.ok(value <= most, `${value} is above ${most}`),
    toHaveLength: (value, length) => assert.strictEqual(value.length, length),
    toContain: (value, part) => assert.ok(value.includes(part), `${String(value)} has no ${String(part)}`),
    toMatch: (value, part) => assert.ok(part instanceof RegExp ? part.test(value) : value.includes(part),
        `${value} does not match ${part}`),
    toMatchInlineSnapshot: (value, text) => assert.strictEqual(
        `"${String(value).replaceAll(process.cwd(), '<process-cwd>')}"`, text.trim()),
};

function expectThrow(f, wanted, isNot) {
    let error;
    try {
        f();
    } catch (thrown) {
        error = thrown;
    }
    assert.ok((error !== undefined && throwsAs(error, wanted)) !== isNot, error ? `threw ${show(error)}` : 'did not throw');
}

function apply(name, value, args, isNot) {
    if (!isNot) {
        matchers[name](value, ...args);
        return;
    }
    let hasFailed = false;
    try {
        matchers[name](value, ...args);
    } catch {
        hasFailed = true;
    }
    assert.ok(hasFailed, `is ${String(args[0])}, and should not`);
}

function expectations(value, isNot) {
    const made = {};
    for (const name of Object.keys(matchers)) {
        made[name] = (...args) => apply(name, value, args, isNot);
    }
    made.toThrow = made.toThrowError = (wanted) => expectThrow(value, wanted, isNot);
    return made;
}

// As above, of what the promise comes to.
function awaited(promise, isRejected) {
    const outcome = () => Promise.resolve(typeof promise === 'function' ? promise() : promise).then((value) => {
        assert.ok(!isRejected, 'did not reject');
        return value;
    }, (error) => {
        assert.ok(isRejected, `rejected with ${show(error)}`);
        return error;
    });
    const made = {};
    for (const name of Object.keys(matchers)) {
        made[name] = async (...args) => apply(name, await outcome(), args, false);
    }
    made.toThrow = made.toThrowError = async (wanted) => {
        const error = await outcome();
        assert.ok(throwsAs(error, wanted), `rejected with ${show(error)}`);
    };
    return made;
}

export function expect(value) {
    const made = expectations(value, false);
    made.not = expectations(value, true);
    made.resolves = awaited(value, false);
    made.rejects = awaited(value, true);
    return made;
}

export function test(name, options, body) {
    queue.push({
        name: [...groups, name].join(' > '),
        body: typeof options === 'function' ? options : body,
    });
    if (queue.length === 1) {
        setImmediate(runAll);
    }
}

export function describe(name, body) {
    groups.push(name);
    body();
    groups.pop();
}

function each(make) {
    return (rows) => (name, body) => rows.forEach((row) =>
        make(name.replace(/%[sj]|\$\w+/, String(row)), () => body(...(Array.isArray(row) ? row : [row]))));
}
describe.each = each(describe);
test.each = each(test);

export const beforeAll = (f) => before.push(f);
export const afterEach = (f) => after.push(f);
export const vi = {
    hoisted: (f) => f(),
    resetModules() {},
    mock() { isMocking = true; },
    fn() {
        const made = (...args) => { made.mock.calls.push(args); return true; };
        made.mock = { calls: [] };
        return made;
    },
};

async function run({ name, body }) {
    current = name;
    try {
        assert.ok(!isMocking, 'mocks modules, which only vitest itself can');
        for (const f of before.splice(0)) {
            await f();
        }
        await body();
        console.log(`\nok ${name}`);
    } catch (error) {
        console.log(`\nnot ok ${name} # ${show(error)}`);
    }
    for (const f of after) {
        await f();
    }
    current = null;
}

async function runAll() {
    for (let one = queue[0]; one !== undefined; one = queue[0]) {
        await run(one);
        queue.shift();
    }
}

process.on('exit', () => {
    for (const { name } of queue) {
        console.log(`\nnot ok ${name} # ${name === current ? 'did not finish' : 'was not reached'}`);
    }
});
Object.assign(globalThis, { expect, test, it: test, describe, beforeAll, afterEach, vi });
