// Published code listings under Node.js, unmodified, watched by probes, by the agent and by both: each does
// what it does unwatched, each of its isolates is told once, and what is told of them is what they measure of
// themselves (truth.js).   usage: listings.mjs DIRECTORY [NAME]    root, for the probes
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { freePort, start, until } from '../scenario/lib.mjs';
import { modules, refused, sourcesOf, WAYS } from '../scenario/ways.mjs';
import { layOut, listings, normal } from '../tools/listing-table.mjs';

const [directory, only] = process.argv.slice(2);
const TRUTH = resolve('tests/watched/truth.js'), AGENT = resolve('agent/node');
const SLACK = 16;                            // bytes of a message's envelope
const HEAP_SHARE = 0.01, HEAP_SLACK = 300e3; // the page V8 allocates from next counts as used: much of a small heap
const TURNS = 15;                            // of the loop, a tenth of a second each, until an agent must have been heard

const home = mkdtempSync(join(tmpdir(), 'isoscope-listings.'));
const socket = join(home, 'collector.sock');
const url = `http://127.0.0.1:${await freePort()}`;
const get = async (path) => (await fetch(url + path)).json();

// ---- a run ------------------------------------------------------------------------------------------

/** Answers of a server, once it listens. */
async function request(dir, paths) {
    const port = await until('it listens', () => existsSync(join(dir, 'port')) && readFileSync(join(dir, 'port'), 'utf8'), 60);
    const answers = [];
    for (const path of paths) {
        const answer = await fetch(`http://127.0.0.1:${port}${path}`);
        answers.push(`${path} ${answer.status} ${await answer.text()}`);
    }
    return answers;
}

async function bound(program, listing) {
    const ended = await Promise.race([program.ended,
        new Promise((done) => { setTimeout(done, (listing.seconds ?? (listing.requests ? 2 : 60)) * 1000).unref(); })]);
    return ended ?? program.kill();
}

async function run(name, way) {
    const listing = listings[name];
    const dir = mkdtempSync(join(home, `${name}-`)), truth = join(dir, 'truth');
    mkdirSync(truth);
    symlinkSync(modules, join(dir, 'node_modules'));
    const script = layOut(directory, name, dir);
    const withAgent = way === 'agent' || way === 'both';
    const program = start(process.execPath, ['--expose-gc', '--require', TRUTH, ...(withAgent ? ['--require', AGENT] : []), script],
        { cwd: dir, env: { ...process.env, NODE_OPTIONS: undefined, TRUTH_DIR: truth, ISOSCOPE_SOCKET: socket,
            ISOSCOPE_INTERVAL: '200' } });
    await until('the program is loaded', () => existsSync(join(truth, 'ready')), 60);
    const probe = way === 'probes' || way === 'both' ? await attach(program.pid) : null;
    writeFileSync(join(truth, 'go'), '');
    const answers = listing.requests ? await request(dir, listing.requests) : [];
    const { code, signal } = await bound(program, listing);
    await probe?.ended;
    const thrown = /^(\w*Error)\b/m.exec(program.stderr);
    return { pid: program.pid, truth, end: String(signal ?? code), stdout: normal(program.stdout), answers,
        thrown: thrown ? thrown[1] : '', stderr: program.stderr };
}

async function attach(pid) {
    const probe = start('isoprobe', ['--collector', socket, String(pid)]);
    await until('probes', async () => (await get(`/api/v1/processes/${pid}`)).probed === true, 60);
    return probe;
}

// ---- what was told beside what is true ------------------------------------------------------------------

function readTruth(dir) {
    const read = (file) => readFileSync(join(dir, file), 'utf8').trim();
    return readdirSync(dir).filter((file) => file.endsWith('.thread')).map((file) => {
        const thread = file.slice(0, -7), has = (kind) => existsSync(join(dir, `${thread}.${kind}`));
        return { thread: Number(thread), heap: has('heap') ? JSON.parse(read(`${thread}.heap`) || 'null') : null,
            messages: has('messages') ? read(`${thread}.messages`).split('\n').map((line) => JSON.parse(line)) : [] };
    });
}

async function events(type, pid) {
    const all = [];
    for (let since = 0; ;) {
        const page = await get(`/api/v1/events?type=${type}&since=${since}&limit=1000`);
        all.push(...page.events.filter((one) => one.isolate.startsWith(`${pid}.`)));
        if (page.events.length === 0 || page.next === since) {
            return all;
        }
        since = page.next;
    }
}

function checkMessages(of, told) {
    const clones = told.clone.map((one) => one.bytes);
    const wrong = [];
    for (const { bytes } of of.messages.filter((one) => one.bytes !== null)) {
        const at = clones.findIndex((seen) => Math.abs(seen - bytes) <= SLACK);
        if (at < 0) {
            wrong.push(`thread ${of.thread}: a message of ${bytes} bytes was not told`);
        } else {
            clones.splice(at, 1);
        }
    }
    for (const [what, mine, field] of [['buffers', 'moves', 'buffers'], ['bytes', 'moved', 'bytes']]) {
        const said = of.messages.reduce((sum, one) => sum + one[mine], 0);
        const seen = told.detach.reduce((sum, one) => sum + one[field], 0);
        if (said !== seen) {
            wrong.push(`thread ${of.thread}: ${seen} ${what} moved were told, ${said} were moved`);
        }
    }
    return wrong;
}

const isNear = (seen, said) => Math.abs(seen - said) <= Math.max(said * HEAP_SHARE, HEAP_SLACK);

async function check(pid, way, truth) {
    const isolates = (await get('/api/v1/frame?isolates=all')).isolates.filter((one) => one.process === pid);
    const told = {};
    for (const type of ['gc', 'clone', 'detach']) {
        told[type] = await events(type, pid);
    }
    const wrong = new Set(isolates.map((one) => one.id)).size === isolates.length ? [] : ['an isolate is told twice'];
    const mustAgent = truth.some((one) => one.thread === 0 && one.heap?.turns >= TURNS);
    for (const of of truth) {
        const id = `${pid}.${of.thread}`, isolate = isolates.find((one) => one.id === id);
        const isBrief = way === 'agent' ? !mustAgent || !(of.heap?.turns >= TURNS) : false;
        if (isolate === undefined && !isBrief) {
            wrong.push(`thread ${of.thread} was not told`);
        }
        if (isolate === undefined || isBrief) {
            continue;
        }
        const mine = Object.fromEntries(Object.entries(told).map(([type, all]) => [type, all.filter((one) => one.isolate === id)]));
        const wanted = way === 'both' && !(mustAgent && of.heap?.turns >= TURNS) ? null : `${sourcesOf(way)}`;
        if (wanted !== null && `${isolate.sources}` !== wanted) {
            wrong.push(`thread ${of.thread} is told by ${isolate.sources}`);
        }
        if (of.heap !== null && !mine.gc.some((one) => isNear(one.after, of.heap.used))) {
            wrong.push(`thread ${of.thread}: ${of.heap.used} bytes after collections, told ${mine.gc.slice(-3).map((one) => one.after)}`);
        }
        wrong.push(...(way === 'agent' ? [] : checkMessages(of, mine)));
    }
    const process = await get(`/api/v1/processes/${pid}`);
    return process.lost > 0 ? [...wrong, `${process.lost} lost`] : wrong;
}

// ---- all of them ------------------------------------------------------------------------------------------

const counts = { passed: 0, failed: 0, skipped: 0 };

async function watch(name, way, plain) {
    const seen = await run(name, way);
    const truth = readTruth(seen.truth);
    const differs = ['end', 'stdout', 'thrown', 'answers'].filter((key) => JSON.stringify(seen[key]) !== JSON.stringify(plain[key]))
        .map((key) => `${key} is ${JSON.stringify(seen[key])}, unwatched ${JSON.stringify(plain[key])} ${seen.stderr.slice(0, 500)}`);
    let wrong = [];
    // what the last events come to is in the model a tick later
    await until('it agrees', async () => (wrong = await check(seen.pid, way, truth)).length === 0, 3).catch(() => {});
    wrong.push(...differs);
    counts[wrong.length === 0 ? 'passed' : 'failed']++;
    const messages = truth.reduce((sum, one) => sum + one.messages.length, 0);
    console.log(`  ${wrong.length === 0 ? 'ok    ' : 'FAILED'}  ${name} ${way}: ${truth.length} isolates, ${messages} messages, ` +
        `${seen.answers.length ? `${seen.answers.length} answers, ` : ''}${seen.thrown || seen.end}${wrong.map((one) => `\n    ${one}`).join('')}`);
}

const collector = start('isoscoped', ['--listen', url.slice(7), '--socket', socket, '--state', join(home, 'state')]);
try {
    await until('the collector answers', async () => (await fetch(`${url}/healthz`)).ok);
    for (const file of readdirSync(directory).filter((each) => each.endsWith('.js')).sort()) {
        const name = file.slice(0, -3);
        if (listings[name] === undefined || (only !== undefined && only !== name)) {
            continue;
        }
        const plain = await run(name, 'none');
        for (const way of WAYS) {
            const lack = refused(way);
            if (lack) {
                counts.skipped++;
                console.log(`  skipped ${name} ${way}: ${lack}`);
            } else {
                await watch(name, way, plain);
            }
        }
    }
} finally {
    await collector.kill();
    rmSync(home, { recursive: true, force: true });
}
console.log(`listings under Node.js: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed > 0 || counts.passed === 0 ? 1 : 0;
