// The live stream: what a reader adds up from ticks is the frame; lagging, vanishing and many readers.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import test from 'node:test';
import { isSanitized, scene, sleep, until } from './lib.mjs';

/** Server-sent events over a plain socket: messages as {event, id, data}. */
function listen(t, port, query = '', headers = '') {
    const socket = connect(port, '127.0.0.1');
    const self = { socket, messages: [], retry: undefined, ended: false };
    let text = '';
    let body = Buffer.alloc(0);
    let inBody = false;
    const takeMessage = (block) => {
        const message = {};
        for (const line of block.split('\n')) {
            const colon = line.indexOf(': ');
            message[line.slice(0, colon)] = line.slice(colon + 2);
        }
        if (message.retry !== undefined) {
            self.retry = Number(message.retry);
        } else {
            self.messages.push({ ...message, data: JSON.parse(message.data) });
        }
    };
    socket.on('data', (data) => {
        body = Buffer.concat([body, data]);
        if (!inBody) {
            const end = body.indexOf('\r\n\r\n');
            if (end < 0) {
                return;
            }
            self.head = body.subarray(0, end).toString();
            body = body.subarray(end + 4);
            inBody = true;
        }
        for (;;) { // chunked transfer encoding
            const line = body.indexOf('\r\n');
            const size = line < 0 ? NaN : parseInt(body.subarray(0, line).toString(), 16);
            if (Number.isNaN(size) || body.length < line + 2 + size + 2) {
                break;
            }
            text += body.subarray(line + 2, line + 2 + size);
            body = body.subarray(line + 2 + size + 2);
        }
        for (let end; (end = text.indexOf('\n\n')) >= 0;) {
            takeMessage(text.slice(0, end));
            text = text.slice(end + 2);
        }
    });
    socket.on('error', () => {});
    socket.on('close', () => { self.ended = true; });
    socket.write(`GET /api/v1/stream${query} HTTP/1.1\r\nHost: localhost\r\n${headers}\r\n`);
    self.of = (event) => self.messages.filter((message) => message.event === event);
    t.after(() => socket.destroy());
    return self;
}

function merge(target, patch) {
    for (const [key, value] of Object.entries(patch)) {
        if (value === null) {
            delete target[key];
        } else if (typeof value === 'object' && !Array.isArray(value)) {
            target[key] = merge(typeof target[key] === 'object' ? target[key] : {}, value);
        } else {
            target[key] = value;
        }
    }
    return target;
}

const keys = { isolates: 'id', processes: 'pid', budgets: 'name', alerts: 'id' };

/** What the contract says a reader does. */
class Reader {
    frame(frame) {
        const { isolates, ...rest } = structuredClone(frame);
        this.rows = isolates;
        this.gone = new Set();
        this.state = rest;
        for (const set of ['processes', 'budgets', 'alerts']) {
            this.state[set] = Object.fromEntries(rest[set].map((one) => [one[keys[set]], one]));
        }
    }

    tick({ t, tick, index, patch, ...columns }) {
        Object.assign(this.state, { t, tick });
        for (const [id, change] of Object.entries(patch.isolates ?? {})) {
            const at = this.rows.findIndex((row, i) => row.id === id && !this.gone.has(i));
            if (change === null) {
                this.gone.add(at);
            } else if (at < 0) {
                this.rows.push(structuredClone(change));
            } else {
                merge(this.rows[at], change);
            }
        }
        index.forEach((place, i) => {
            const row = this.rows[place];
            Object.assign(row.heap, { used: columns.used[i], total: columns.total[i], live: columns.live[i] });
            Object.assign(row, { external: columns.external[i], shared: columns.shared[i] });
            row.messages.queued_bytes = columns.queued_bytes[i];
        });
        const { isolates, ...others } = patch;
        merge(this.state, others);
    }

    /** Comparable: keyed, without nulls. */
    now() {
        const isolates = Object.fromEntries(this.rows.filter((_, i) => !this.gone.has(i)).map((row) => [row.id, row]));
        return plain({ ...this.state, isolates });
    }
}

function plain(value) {
    if (Array.isArray(value)) {
        return value.map(plain);
    }
    if (value === null || typeof value !== 'object') {
        return value;
    }
    return Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null).map(([key, inner]) => [key, plain(inner)]));
}

function keyed(frame) {
    const copy = structuredClone(frame);
    for (const [set, key] of Object.entries(keys)) {
        copy[set] = Object.fromEntries(copy[set].map((one) => [one[key], one]));
    }
    return plain(copy);
}

for (const isolates of ['all', 'top:2']) {
    test(`frame and ticks add up to the frame of now (${isolates})`, async (t) => {
        const s = await scene(t);
        await s.collector();
        s.run('steady.js');
        await until('a worker', async () => (await s.frame()).isolates.length > 1);
        const stream = listen(t, s.port, `?isolates=${isolates}&every=0.25`);
        const late = s.run('steady.js'); // comes and goes while we listen
        const reader = new Reader();
        let taken = 0;
        let compared = 0;
        let arrivals = 0;
        const end = Date.now() + 600e3;
        while (compared < 12) {
            assert.ok(Date.now() < end, 'ticks and frames of the same tick');
            const fresh = await s.get(`/api/v1/frame?isolates=${isolates}`);
            await until('that tick', () => stream.messages.some((message) => message.data.tick >= fresh.tick));
            while (taken < stream.messages.length) {
                const { event, data } = stream.messages[taken++];
                if (event === 'frame') {
                    reader.frame(data);
                } else if (event === 'tick') {
                    reader.tick(data);
                }
                if (data.tick === fresh.tick) {
                    /* An emitter that says hello between two ticks is in a frame asked for then, and
                     * in the stream with the next tick: two programs start here, twice it may differ. */
                    try {
                        assert.deepEqual(reader.now(), keyed(fresh));
                        compared++;
                    } catch (difference) {
                        if (++arrivals > 2) {
                            throw difference;
                        }
                    }
                    break;
                }
            }
            if (compared === 4) {
                late.kill();
            }
        }
        assert.ok(stream.of('tick').length >= 4);
    });
}

test('the first answer is a frame at once; ids, retry and pace', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    await until('events', async () => (await s.get('/api/v1/events?limit=1')).events.length > 0);
    const stream = listen(t, s.port, '?every=1');
    await until('a frame and three ticks', () => stream.of('tick').length >= 3);
    assert.match(stream.head, /^HTTP\/1.1 200 /);
    assert.match(stream.head, /content-type: text\/event-stream/i);
    assert.equal(stream.messages[0].event, 'frame');
    assert.equal(stream.retry, 2000);
    const times = stream.of('tick').map((message) => message.data.t);
    // one may come late, and the next one at its time all the same
    assert.ok(times[2] - times[0] > 0.75, `a tick a second: ${times}`);
    for (const message of stream.messages) {
        assert.match(message.id, /^\d+$/);
    }
    const events = await until('events', () => stream.of('event').length > 5 && stream.of('event'));
    for (const { id, data } of events.filter((message) => message.data.seq !== null)) {
        assert.equal(Number(id), data.seq);
    }
    for (const [query, status] of [['?every=x', 400], ['?isolates=nobody', 400], ['?fast=1', 400]]) {
        const refused = listen(t, s.port, query);
        await until('an answer', () => refused.head);
        assert.match(refused.head, new RegExp(`^HTTP/1.1 ${status} `), query);
    }
});

test('Last-Event-ID brings what was missed, once', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('steady.js');
    const { next } = await until('events', async () => {
        const page = await s.get('/api/v1/events?limit=20');
        return page.events.length === 20 && page;
    });
    await sleep(0.6);
    const stream = listen(t, s.port, '?every=0.25', `Last-Event-ID: ${next}\r\n`);
    await until('ticks', () => stream.of('tick').length >= 3);
    const seqs = stream.of('event').map((message) => message.data.seq).filter((seq) => seq !== null);
    assert.ok(seqs.length > 0 && seqs[0] > next);
    assert.deepEqual(seqs, [...new Set(seqs)].sort((a, b) => a - b), 'in order, none twice');
});

test('an alert that fires is told', async (t) => {
    const s = await scene(t);
    await s.collector();
    const stream = listen(t, s.port, '?every=0.25');
    await until('a frame', () => stream.of('frame').length > 0);
    s.run('leak.js');
    const alert = await until('the alert', () => stream.of('alert').find(
        (message) => message.data.rule === 'drift' && message.data.state === 'firing'), 60);
    assert.match(alert.data.summary, /leaky/);
    assert.ok(alert.data.isolate);
});

const memory = (pid) => Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) * 1024;

test('three hundred streams, some deaf, some gone: the others get every tick', async (t) => {
    const s = await scene(t);
    const collector = await s.collector();
    s.run('steady.js');
    await until('a worker', async () => (await s.frame()).isolates.length > 3);
    const streams = Array.from({ length: 300 }, () => listen(t, s.port, '?every=0.25'));
    await until('a frame each', () => streams.every((stream) => stream.of('frame').length > 0), 30);
    const before = memory(collector.pid);
    streams.slice(0, 100).forEach((stream) => stream.socket.pause());
    streams.slice(100, 200).forEach((stream) => stream.socket.destroy());
    const rest = streams.slice(200);
    const counts = rest.map((stream) => stream.of('tick').length);
    await until('20 more ticks each', () => rest.every((stream, i) => stream.of('tick').length >= counts[i] + 20), 60);
    for (const stream of rest) {
        /* On a machine that is busy with a sanitizer, this reader may lag by itself. */
        assert.ok(isSanitized || stream.of('frame').length === 1, 'nobody was resynced for the sake of others');
        const ticks = stream.of('tick').map((message) => message.data.tick);
        assert.deepEqual(ticks, [...new Set(ticks)].sort((a, b) => a - b));
    }
    await until('hang-ups are noticed', async () => {
        const text = await (await fetch(`${s.url}/metrics`)).text();
        return Number(/^isoscope_collector_streams (\d+)/m.exec(text)[1]) <= 200;
    });
    assert.ok(memory(collector.pid) - before < 64 * 2 ** 20, 'memory is bounded');
    collector.kill('SIGTERM');
    assert.equal((await collector.ended).code, 0, collector.stderr);
});

test('the places of readers that hung up are free again', async (t) => {
    const s = await scene(t);
    const file = join(s.dir, 'few.yaml');
    writeFileSync(file, 'http: {max_clients: 24}\n'); // 20 streams
    await s.collector('--config', file);
    const first = Array.from({ length: 20 }, () => listen(t, s.port, '?every=3600'));
    await until('a frame each', () => first.every((stream) => stream.of('frame').length > 0));
    const refused = listen(t, s.port);
    await until('an answer', () => refused.head);
    assert.match(refused.head, /^HTTP\/1.1 503 /);
    first.forEach((stream) => stream.socket.destroy());
    refused.socket.destroy();
    await sleep(0.1);
    const next = listen(t, s.port);
    await until('a frame', () => next.of('frame').length > 0);
});

test('a reader that lags starts again with a frame', async (t) => {
    const s = await scene(t);
    await s.collector();
    s.run('many.js', '300');
    await until('many workers', async () => (await s.frame()).isolates.length > 300, 60);
    const stream = listen(t, s.port, '?isolates=all&every=0.25');
    await until('a frame', () => stream.of('frame').length > 0);
    stream.socket.pause();
    await until('the lag is noticed', async () => {
        const text = await (await fetch(`${s.url}/metrics`)).text();
        return Number(/^isoscope_collector_stream_resyncs_total (\d+)/m.exec(text)[1]) > 0;
    }, 60);
    stream.socket.resume();
    await until('another frame', () => stream.of('frame').length > 1);
    const reader = new Reader();
    for (const { event, data } of stream.messages) {
        if (event === 'frame') {
            reader.frame(data);
        } else if (event === 'tick') {
            reader.tick(data);
        }
    }
    const fresh = (await s.frame()).isolates.length;
    assert.equal(Object.keys(reader.now().isolates).length, fresh);
});
