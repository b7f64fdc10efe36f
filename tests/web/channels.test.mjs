// Flows added up to channels: what goes over them is neither lost nor counted twice, whoever its ends
// are grouped as.
import assert from 'node:assert/strict';
import test from 'node:test';
import { channelsOf, endsOf, quantile, sum, weigh } from '../../web/src/data/channels.ts';

const flow = (from, to, values) => ({
    from, to, messages: 1, delivered: 1, clone_bytes: 0, transfer_bytes: 0, share_bytes: 0,
    serialize_seconds: 0, deserialize_seconds: 0, queue_seconds: 0, p50_bytes: 7, p99_bytes: 9, sizes: [], ...values,
});
const end = (key) => ({ key, name: key, isPool: false, isMain: false });
const alone = (id) => end(id);
const pooled = (id) => end(id.startsWith('w') ? 'pool' : id);

test('the flows of a pool are one channel with the sum of them', () => {
    const flows = [
        flow('main', 'w1', { clone_bytes: 100, messages: 2, serialize_seconds: 0.5, sizes: [[32, 2]] }),
        flow('main', 'w2', { transfer_bytes: 300, share_bytes: 5, sizes: [[32, 1], [64, 4]] }),
        flow('w1', 'main', { clone_bytes: 1 }),
    ];
    const [first, second] = channelsOf(flows, pooled);
    assert.equal(first.key, 'main>pool');
    assert.deepEqual(first.bytes, [100, 300, 5]);
    assert.equal(first.messages, 3);
    assert.equal(first.serialize, 0.5);
    assert.deepEqual([...first.sizes], [[32, 3], [64, 4]]);
    assert.equal(first.flows.length, 2);
    assert.equal(second.key, 'pool>main');
    assert.equal(channelsOf(flows, alone).length, 3);
});

test('one flow keeps the figures the collector gave it', () => {
    const [one] = channelsOf([flow('a', 'b', { sizes: [[16, 10]] })], alone);
    assert.equal(one.p50, 7);
    assert.equal(one.p99, 9);
});

test('silent flows are no channels, and what is not known counts nothing', () => {
    const flows = [
        flow('a', 'b', { messages: 0, delivered: 0 }),
        flow('a', 'c', { clone_bytes: null, queue_seconds: undefined }),
    ];
    const [only, ...others] = channelsOf(flows, alone);
    assert.deepEqual(others, []);
    assert.equal(sum(only.bytes), 0);
    assert.equal(only.queue, 0);
});

test('what is read is not lost when its sending was before the window', () => {
    assert.equal(channelsOf([flow('a', 'b', { messages: 0, delivered: 3 })], alone).length, 1);
});

test('quantiles stay within their bin', () => {
    const sizes = new Map([[16, 90], [1024, 10]]);
    assert.ok(quantile(sizes, 0.5) > 16 && quantile(sizes, 0.5) < 32);
    assert.ok(quantile(sizes, 0.99) > 1024 && quantile(sizes, 0.99) <= 2048);
    assert.equal(quantile(new Map(), 0.5), null);
});

test('ends come by what they carry under the measure that is asked for', () => {
    const channels = channelsOf([
        flow('a', 'b', { transfer_bytes: 1000, messages: 1 }),
        flow('c', 'd', { clone_bytes: 10, messages: 50, serialize_seconds: 2 }),
    ], alone);
    assert.deepEqual(endsOf(channels, 'bytes').map((one) => one.key), ['a', 'b', 'c', 'd']);
    assert.deepEqual(endsOf(channels, 'messages').map((one) => one.key), ['c', 'd', 'a', 'b']);
    assert.deepEqual(weigh(channels[1], 'time'), [2, 0, 0]);
});
