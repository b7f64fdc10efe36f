// Rules about how workers are used: for each a real program with the trouble, another beside it that
// does the same without, and the cure.
import assert from 'node:assert/strict';
import test from 'node:test';
import { agree, until } from './lib.mjs';
import { beside } from './symptoms.mjs';

test('a worker for each request', async (t) => {
    const s = await beside(t, 'spawns.js', 'pooled');
    const one = await s.advice('spawn_per_request', 'firing');
    assert.equal(one.symptom, "test starts workers for a moment's work.");
    assert.match(one.evidence, /^Of \d+ that ended in \d+ s \d+ lived [\d.]+ (µs|ms|s) on average, starting one took [\d.]+ (µs|ms|s)\.$/);
    assert.match(one.action, /pool/);
    assert.ok(one.expected_seconds > 0);
    const [exit] = (await s.events('exit')).slice(-1);
    assert.ok(exit.start_seconds > 0 && exit.life_seconds >= exit.start_seconds, JSON.stringify(exit));
    const cured = await s.cure('spawn_per_request');
    assert.ok(cured.measured > 0.5 * cured.expected_seconds, JSON.stringify(cured));
});

test('jobs that cost more to send than to do', async (t) => {
    const s = await beside(t, 'short-jobs.js', 'long');
    const one = await s.advice('break_even', 'firing');
    assert.equal(one.symptom, 'Jobs of test are too short to be worth sending to a worker.');
    assert.match(one.evidence, /^One computes [\d.]+ \S+; copying it there and back takes [\d.]+ \S+, its share of starting workers [\d.]+ \S+\.$/);
    const cured = await s.cure('break_even');
    assert.equal(cured.measured, cured.expected_seconds, 'all of it');
});

test('workers that throw', async (t) => {
    const s = await beside(t, 'crashes.js', 'caught');
    await until('a crash loop', async () => (await s.get('/api/v1/alerts?state=firing')).alerts
        .find((one) => one.rule === 'worker_crash' && one.severity === 'critical' && s.isOf(one, s.program)), 60);
    const one = await s.advice('worker_crash', 'firing');
    assert.match(one.symptom, /^thrower workers ended with an error that nobody caught \d+ times within 5 min\.$/);
    assert.equal(one.evidence, 'Last: thrower-1, a TypeError.');
    const exits = await s.events('exit');
    assert.ok(exits.some((exit) => exit.error === 'TypeError' && exit.code === 1));
    assert.ok(exits.some((exit) => exit.error === null && exit.code === 3));
    assert.deepEqual((await s.list('worker_crash')).filter((other) => s.isOf(other, s.control)), []);
});

test('a main isolate that waits for its worker', async (t) => {
    const s = await beside(t, 'blocked.js', 'async');
    const one = await s.advice('main_blocked', 'firing');
    assert.equal(one.isolate, `${s.program.pid}.0`);
    assert.match(one.symptom, /^main of test stands still \d+ % of the time\.$/);
    assert.match(one.evidence, /^In \d+ s it spent [\d.]+ m?s in Atomics\.wait\.$/);
    assert.match(one.action, /Atomics\.waitAsync/);
    const cured = await s.cure('main_blocked');
    assert.ok(agree(cured.measured, cured.expected_seconds), JSON.stringify(cured));
});

test('a main isolate that computes itself', async (t) => {
    const s = await beside(t, 'blocked.js', 'busy');
    const one = await until('it is told', async () =>
        (await s.list('main_blocked')).find((each) => each.state === 'firing' && s.isOf(each, s.control)), 60);
    assert.match(one.evidence, /^In \d+ s it spent [\d.]+ m?s in long turns of its loop\.$/);
    assert.match(one.action, /setImmediate/);
    await until('a long turn', async () => (await s.events('block')).some((block) =>
        block.op === 'turn' && block.isolate === one.isolate && block.seconds >= 0.1));
});

test('more workers that compute than CPUs', async (t) => {
    const s = await beside(t, 'crowd.js', 'parked', { cpu: true, text: 'rules: [{kind: oversubscribed, for: 1s}]\n' });
    const one = await s.advice('oversubscribed', 'firing');
    assert.equal(one.symptom, 'test has more isolates that want to run than CPUs.');
    assert.match(one.evidence, /^On average [\d.]+ are running or waiting for one of 1\.$/);
    assert.match(one.action, /^Run at most 1 busy worker/);
    const cured = await s.cure('oversubscribed');
    assert.ok(cured.measured > 0.5 * cured.expected_seconds, JSON.stringify(cured));
});

test('many small messages', async (t) => {
    const s = await beside(t, 'chatter.js', 'batched');
    const one = await s.advice('chatty', 'firing');
    assert.equal(one.isolate, `${s.program.pid}.1`);
    assert.match(one.symptom, /^adder and main exchange \d+ small messages a second\.$/);
    assert.match(one.evidence, /^[\d.]+ B each on average; reading and writing them takes \d+ % of the jobs' time\.$/);
    const cured = await s.cure('chatty');
    assert.ok(cured.measured > 0, JSON.stringify(cured));
});
