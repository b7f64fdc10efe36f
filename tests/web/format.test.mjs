// Figures and names as the page writes them.
import assert from 'node:assert/strict';
import test from 'node:test';
import { byteLabels, byteTicks, timeLabels, timeTicks } from '../../web/src/charts/axis.ts';
import * as format from '../../web/src/data/format.ts';

const plain = (text) => text.replace('\u2009', ' ');

test('bytes: three digits, binary, unknown is a dash, zero is 0', () => {
    const cases = [
        [0, '0'],
        [1, '1 B'],
        [999, '999 B'],
        [1000, '0.98 KiB'],
        [9.23 * 2 ** 20, '9.23 MiB'],
        [92.3 * 2 ** 20, '92.3 MiB'],
        [923 * 2 ** 20, '923 MiB'],
        [1000 * 2 ** 20, '0.98 GiB'],
        [-412 * 1024, '−412 KiB'],
        [null, '—'],
        [undefined, '—'],
        [NaN, '—'],
    ];
    for (const [figure, text] of cases) {
        assert.equal(plain(format.bytesText(figure)), text);
    }
    assert.equal(plain(format.join(format.change(1024 ** 2))), '+1.00 MiB');
});

test('percent only of a known whole', () => {
    assert.deepEqual(format.percent(69, 100), { text: '69', unit: '%' });
    assert.equal(format.percent(1, null).text, '—');
    assert.equal(format.percent(null, 1).text, '—');
});

test('time to a limit is rounded to what is known', () => {
    const cases = [
        [30, '< 1 min'],
        [720, '~12 min'],
        [3 * 3600, '~3 h'],
        [2 * 86400, '~2 days'],
        [1e9, '> 7 days'],
        [null, '—'],
    ];
    for (const [figure, text] of cases) {
        assert.equal(format.timeToLimit(figure), text);
    }
});

test('names: unseen signs as code, long ones cut in the middle', () => {
    assert.equal(format.cleanName('a\u202eb\u0000\u200f'), 'a<U+202E>b<U+0000><U+200F>');
    const short = format.shortName('x'.repeat(30) + 'y'.repeat(30));
    assert.equal(short.length, 40);
    assert.match(short, /^x+…y+$/);
});

test('a sentence ends at its point, not inside a figure or a file name', () => {
    assert.deepEqual(
        format.splitSentence('thumb-3 keeps 1.50 MiB at resize.js:142 more. Live 96.0 MiB.'),
        ['thumb-3 keeps 1.50 MiB at resize.js:142 more', 'Live 96.0 MiB.'],
    );
    assert.deepEqual(format.splitSentence('One only.'), ['One only', '']);
});

test('ticks: from zero, binary steps, at most five steps, the unit on the top one', () => {
    for (const max of [3e4, 5e8, 4.25 * 2 ** 30, 3e12]) {
        const ticks = byteTicks(max);
        assert.equal(ticks[0], 0);
        assert.ok(ticks.length >= 3 && ticks.length <= 6, `${max}: ${ticks}`);
        assert.equal(Math.log2(ticks[1]) % 1, 0);
    }
    assert.deepEqual(byteLabels(byteTicks(4.25 * 2 ** 30), 4 * 2 ** 30), [
        '0',
        '1',
        '2',
        '3 GiB',
        '',
    ]);
});

test('at most eight times, all round', () => {
    for (const span of [60, 300, 900, 3600]) {
        const ticks = timeTicks(1000003, 1000003 + span, 900);
        assert.ok(ticks.length >= 2 && ticks.length <= 9, `${span}: ${ticks.length}`);
        assert.ok(ticks.every((t) => t % (ticks[1] - ticks[0]) === 0));
    }
});

test('days and weeks: ticks at local midnights, said as days', () => {
    const noon = new Date(2026, 10, 21, 12, 0, 0).getTime() / 1000;
    for (const days of [1, 7, 30]) {
        const ticks = timeTicks(noon - days * 86400, noon, 900);
        assert.ok(ticks.length >= 2 && ticks.length <= 9, `${days}: ${ticks.length}`);
    }
    const ticks = timeTicks(noon - 86400, noon, 900);
    const labels = timeLabels(ticks, noon + 1e6, noon + 1e6, 60);
    assert.ok(labels.includes('21 Nov'), labels.join());
    assert.ok(labels.includes('20:00') || labels.includes('16:00'), labels.join());
    const week = timeLabels(timeTicks(noon - 7 * 86400, noon, 900), noon + 1e6, noon + 1e6, 60);
    assert.deepEqual(week.slice(0, 3), ['15 Nov', '16 Nov', '17 Nov']);
});
