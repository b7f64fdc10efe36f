// One tick to many readers: isoscoped's stream beside a server of Node's http module that writes the same
// number of bytes to as many, both told apart by the same client, in turns, in one run. The tick's `t`
// is when the collector began to look around, Node's is when it begins to write: ours holds the work of
// the tick as well. One JSON line a pair.
// usage: sse.mjs BINDIR [SECONDS [CLIENTS,CLIENTS...]]
import { execFile, fork } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import http from 'node:http';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const RATES = [1, 10]; // ticks a second
const rounded = (value) => Math.round(value * 100) / 100;

/** What somebody writes who needs an event stream: one buffer a tick, written to everybody. */
function serve(bytes, rate) {
    const readers = new Set();
    const server = http.createServer((request, response) => {
        response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
        response.flushHeaders();
        readers.add(response);
        request.on('close', () => readers.delete(response));
    });
    server.listen(0, '127.0.0.1', 4096, () => process.send(server.address().port));
    let id = 0;
    setInterval(() => {
        const t = ((performance.timeOrigin + performance.now()) / 1000).toFixed(6);
        const head = `event: tick\nid: ${++id}\ndata: {"t":${t},"p":"`;
        const message = Buffer.from(`${head}${'x'.repeat(Math.max(0, bytes - head.length - 4))}"}\n\n`);
        for (const reader of readers) {
            reader.write(message);
        }
    }, 1000 / rate);
    process.on('disconnect', () => process.exit());
}

if (process.argv[2] === '--serve') {
    serve(Number(process.argv[3]), Number(process.argv[4]));
} else {
    const clients = (process.argv[4] ?? '200,1000').split(',').map(Number);
    await measure(process.argv[2], Number(process.argv[3] ?? 8), clients);
}

async function measure(bin, seconds, readers) {
    process.env.ISOSCOPE_BIN = bin;
    const { scene, until } = await import('../tests/scenario/lib.mjs');
    const ends = [];
    const t = { after: (end) => ends.push(end) };
    const listen = async (port, path, clients, pid) => JSON.parse((await promisify(execFile)(
        resolve(bin, '../bench/fanout'), [port, path, clients, seconds, pid].map(String))).stdout);
    try {
        for (const rate of RATES) {
            const s = await scene(t);
            const config = join(s.dir, 'isoscope.yaml');
            writeFileSync(config, `tick: {interval: ${Math.min(250, 1000 / rate)}ms}\n`);
            const daemon = await s.collector('--config', config);
            s.start('isorun', ['--collector', s.socket, '--name', 'demo', resolve('demo/main.js')]);
            await until('all isolates', async () => (await s.frame()).isolates.length >= 13, 30);
            for (const clients of readers) {
                const path = `/api/v1/stream?isolates=top:100&every=${1 / rate}`;
                const ours = await listen(s.port, path, clients, daemon.pid);
                const peer = fork(fileURLToPath(import.meta.url), ['--serve', String(Math.round(ours.bytes_each)), String(rate)]);
                t.after(() => peer.kill());
                const [port] = await once(peer, 'message');
                const node = await listen(port, '/', clients, peer.pid);
                peer.kill();
                await once(peer, 'exit');
                console.log(JSON.stringify({
                    bench: 'sse', hz: rate, clients, bytes: ours.bytes_each, deliveries: [ours.deliveries, node.deliveries],
                    cpu_us_each: ours.cpu_us_each, node_cpu_us_each: node.cpu_us_each, cpu_ratio: rounded(ours.cpu_us_each / node.cpu_us_each),
                    p99_us: ours.p99_us, node_p99_us: node.p99_us, p99_ratio: rounded(ours.p99_us / node.p99_us),
                    p50_us: ours.p50_us, node_p50_us: node.p50_us,
                }));
            }
        }
    } finally {
        for (const end of ends.reverse()) {
            await end();
        }
    }
}
