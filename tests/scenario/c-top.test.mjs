// isoctl in a real terminal (tmux): the picture, sorting, filtering, resizing, a lost daemon, the end;
// and what shells complete.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import test from 'node:test';
import { bin, scene, start, until } from './lib.mjs';

/** A terminal of its own with isoctl top in it. */
function terminal(t, s, columns = 190) {
    const socket = join(s.dir, 'tmux');
    const tmux = (...args) => execFileSync('tmux', ['-S', socket, '-f', '/dev/null', ...args], { encoding: 'utf8', env: { ...process.env, LANG: 'C.UTF-8' } });
    tmux('new-session', '-d', '-x', String(columns), '-y', '30', `${join(bin, 'isoctl')} --url ${s.url} top --every=0.2; echo left with $?; sleep 60`);
    const server = Number(tmux('display-message', '-p', '#{pid}')); // its socket is gone before this hook runs
    t.after(() => { try { process.kill(server); } catch { /* gone already */ } });
    return {
        keys: (...keys) => tmux('send-keys', ...keys),
        resize: (x, y) => tmux('resize-window', '-x', String(x), '-y', String(y)),
        lines: () => tmux('capture-pane', '-p').split('\n'),
    };
}

const COUNT = 3; // isolates of leak.js
const names = (lines) => lines.filter((line) => /^\d+\.\d+ /.test(line)).map((line) => line.split(/ +/)[1]);

test('top sorts, filters, follows the size, survives the daemon and leaves', async (t) => {
    const s = await scene(t);
    const daemon = await s.collector();
    s.run('leak.js');
    const screen = terminal(t, s);
    const { isolates } = await until('all isolates', async () => { const frame = await s.frame(); return frame.isolates.length === COUNT && frame; });
    const all = await until('rows', () => names(screen.lines()).length === isolates.length && screen.lines());
    assert.match(all[0], /\w+.*\./, 'the verdict');
    assert.match(all.join('\n'), /machine +\[#* *\| *\] +[\d.]+ .iB of +[\d.]+ .iB/);
    await until('a past is drawn', () => /[▁▂▃▄▅▆▇█]{5}/.test(screen.lines().join('\n')));

    const used = names(all);
    const sorted = (list) => [...list].sort().join();
    screen.keys('r');
    await until('another order of the same', () => {
        const now = names(screen.lines());
        return now.join() !== used.join() && sorted(now) === sorted(used);
    });
    screen.keys('r', '<', '<');
    await until('sorted by name', () => {
        const now = names(screen.lines());
        return /vNAME/.test(screen.lines().join('\n')) && now.join() === [...now].sort().join();
    });

    const wanted = used.find((name) => name !== 'main');
    screen.keys('/', ...wanted, 'Enter');
    await until('the filter holds', () => names(screen.lines()).every((name) => name.includes(wanted)) && screen.lines().join('\n').includes(`with '${wanted}'`));
    screen.keys('/', 'Escape');
    await until('all are back', () => names(screen.lines()).length === used.length);

    let asked = -Infinity;
    await until('why it may not act', () => { // said for some seconds, and asked again after more
        if (Date.now() - asked > 6000) {
            screen.keys('g');
            asked = Date.now();
        }
        return /only shows|allow_actions/.test(screen.lines().join('\n'));
    });
    screen.resize(60, 10);
    await until('a small picture', () => { const now = screen.lines(); return now.every((line) => line.length <= 60) && names(now).length > 0; });
    screen.resize(190, 30);

    await daemon.kill();
    await until('it says that nobody answers', () => screen.lines().join('\n').includes('nothing answers at'));
    await s.collector();
    await until('it is there again', () => !screen.lines().join('\n').includes('nothing answers at'));
    screen.keys('q');
    await until('it left in order', () => screen.lines().join('\n').includes('left with 0'));
});

test('top without a terminal says what to do', async (t) => {
    const s = await scene(t);
    const run = start('isoctl', ['--url', s.url, 'top']);
    assert.equal((await run.ended).code, 2);
    assert.match(run.stderr, /needs a terminal; isoctl isolates/);
});

test('bash completes verbs, options and ids', async (t) => {
    const s = await scene(t);
    await s.collector();
    const program = s.run('steady.js');
    await until('isolates', async () => (await s.frame()).isolates.length > 2);
    const complete = (...words) => execFileSync('bash', ['-c',
        `source <(isoctl completion bash); COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); compopt() { :; }; _isoctl; echo "\${COMPREPLY[@]}"`,
        'bash', 'isoctl', ...words], { encoding: 'utf8', env: { ...process.env, PATH: `${bin}:${process.env.PATH}`, ISOSCOPE_URL: s.url } }).trim().split(' ');
    assert.deepEqual(complete('ev'), ['events']);
    assert.ok(complete('').length > 15);
    assert.deepEqual(complete('events', '--f'), ['--follow']);
    assert.deepEqual(complete('history', '--fr'), ['--from=']);
    assert.ok(complete('gc', '').includes(`${program.pid}.1`));
    for (const shell of ['zsh', 'fish']) {
        const script = execFileSync(join(bin, 'isoctl'), ['completion', shell], { encoding: 'utf8' });
        assert.match(script, /events/);
    }
    const wrong = start('isoctl', ['completion', 'tcsh']);
    assert.equal((await wrong.ended).code, 2);
});
