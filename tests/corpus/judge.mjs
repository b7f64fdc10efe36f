// Runs `isoctl replay` over the corpus, and the other detectors beside it, and holds the figures
// against what is promised. Series are made from their seeds while they are read.
//   judge.mjs BUILD check            the evaluation half, the reference leak, fresh isolates: seconds
//   judge.mjs BUILD days [N]         N clean worker-days (1,000): minutes
//   judge.mjs BUILD table            the table of docs/detector.md
//   judge.mjs BUILD ablation         what each part of the detector buys, on seeds for tuning
// Seeds from EVALUATION on are for measuring only; no constant was chosen by them.
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ablations } from './ablations.mjs';

const run = promisify(execFile);
const [build, what, argument] = process.argv.slice(2);
const EVALUATION = 100000;
const options = { maxBuffer: 1 << 30 };

async function replay(set, isoctl = `${build}/bin/isoctl`) {
  const command = `"${build}/tests/generate" ${set} | "${isoctl}" replay --json -`;
  const { stdout } = await run('sh', ['-c', command], options);
  return JSON.parse(stdout);
}

async function others(set) {
  const { stdout } = await run(`${build}/tests/compare`, set.split(' '), options);
  return stdout.trim().split('\n').map((line) => JSON.parse(line));
}

const failures = [];
function hold(text, value, limit, isFloor = false) {
  const isKept = value !== null && (isFloor ? value >= limit : value <= limit);
  console.log(`${isKept ? ' ok ' : 'FAIL'} ${text}: ${value} (${isFloor ? 'at least' : 'at most'} ${limit})`);
  if (!isKept) {
    failures.push(text);
  }
}

async function checkEvaluation() {
  const { summary, verdicts } = await replay('evaluate');
  const shapes = new Set(verdicts.map((verdict) => verdict.isolate.replace(/-\d+$/, '')));
  hold('series', summary.isolates, 400, true);
  hold('shapes', shapes.size, 30, true);
  hold('precision', summary.precision, 0.995, true);
  hold('recall', summary.recall, 0.99, true);
  hold('way to the limit gone at the alarm, median', summary.median_headroom_used, 0.15);
  hold('error of the slope at the alarm, median', summary.slope_error, 0.05);
  hold('leaking job named at the alarm', summary.named, 0.85, true);
  hold('resolved after a fix', summary.resolved, 0.95, true);
  for (const other of await others('evaluate')) {
    const f1 = (of) => (2 * of.precision * of.recall) / (of.precision + of.recall || 1);
    hold(`F1 of ${other.detector}`, f1(other), f1(summary) - 0.001);
  }
}

async function checkReference() {
  const early = (await replay(`reference ${EVALUATION} 400`)).summary;
  hold('reference leak from job 0: recall', early.recall, 1, true);
  hold('  jobs, median', early.median_delay_jobs, 12);
  hold('  jobs, 97 of 100', early.p97_delay_jobs, 15);
  hold('  error of the slope, median', early.slope_error, 0.05);
  const late = (await replay(`late-reference ${EVALUATION} 400`)).summary;
  hold('reference leak after 60 to 300 flat jobs: recall', late.recall, 1, true);
  hold('  false alarms', late.false_positives, 0);
  hold('  jobs, median', late.median_delay_jobs, 11);
  hold('  jobs, 97 of 100', late.p97_delay_jobs, 14);
  hold('  error of the slope, median', late.slope_error, 0.05);
}

async function checkFresh(count) {
  const { summary } = await replay(`fresh ${EVALUATION} ${count}`);
  hold(`fresh isolates of ${count} that alarm`, summary.clean_isolates_alarmed, 0.002);
}

// What is malformed ends with 2 and the place; the last line of a good file is read too.
async function checkStrictness() {
  const directory = mkdtempSync(join(tmpdir(), 'isoscope-corpus-'));
  const file = join(directory, 'bad.jsonl');
  const good = '{"t":1,"isolate":"a","live":5,"beside":true}\n';
  for (const bad of ['{"t":2,"isolate":"a","live":"5"}', '{"t":2', '{"t":0,"isolate":"a","live":5}']) {
    writeFileSync(file, good + bad);
    const result = await run(`${build}/bin/isoctl`, ['replay', file]).catch((error) => error);
    hold(`exit code of ${bad}`, result.code === 2 && result.stderr.includes(`${file}:2: `) ? 2 : -1, 2, true);
  }
  rmSync(directory, { recursive: true });
}

async function checkDays(days) {
  const chunk = 50, sum = { days: 0, alarms: 0 };
  const starts = Array.from({ length: Math.ceil(days / chunk) }, (_, i) => i * chunk);
  async function work() {
    for (let start = starts.shift(); start !== undefined; start = starts.shift()) {
      const count = Math.min(chunk, days - start);
      const { summary, verdicts } = await replay(`days ${EVALUATION + start} ${count}`);
      sum.days += summary.clean_jobs / 86400;
      sum.alarms += summary.false_positives;
      for (const verdict of verdicts.filter(({ fired_at }) => fired_at !== null)) {
        console.log(`     ${verdict.isolate} alarmed after ${verdict.jobs_seen} jobs`);
      }
    }
  }
  await Promise.all([work(), work()]);
  hold('worker-days', sum.days, days, true);
  hold(`false alarms a worker-day (${sum.alarms} in all)`, sum.alarms / sum.days, 0.01);
}

const cell = (value, digits = 3) => (value === null || value === undefined ? '–' : Number(value.toFixed(digits)).toString());

async function table() {
  const sets = ['evaluate', `reference ${EVALUATION} 1000`, `late-reference ${EVALUATION} 1000`, `fresh ${EVALUATION} 5000`, `days ${EVALUATION} 20`];
  const ours = [], rest = [];
  for (const set of sets) {
    ours.push((await replay(set)).summary);
    rest.push(await others(set));
  }
  const rows = [...rest[0].map((_, i) => rest.map((set) => set[i])), ours];
  console.log('| detector | precision | recall | headroom used | reference leak from job 0: median, p97 | after a flat stretch | false alarms per fresh isolate | per worker-day |\n|---|---|---|---|---|---|---|---|');
  for (const [half, early, late, fresh, days] of rows) {
    const name = half.detector ? half.detector.replace(/\bx\b/, half.threshold) : '**`detect/`**';
    const delay = (of) => (of.recall < 0.5 ? `finds ${cell(of.recall)}` : `${cell(of.median_delay_jobs)}, ${cell(of.p97_delay_jobs)}`);
    console.log(`| ${name} | ${cell(half.precision)} | ${cell(half.recall)} | ${cell(half.median_headroom_used)} | ${delay(early)} | ${delay(late)} | ${cell(fresh.clean_isolates_alarmed, 4)} | ${cell(days.false_alarms_per_worker_day, 2)} |`);
  }
  console.log(JSON.stringify(ours[0]));
}

// Each part taken out of a copy of detect/, measured on the seeds for tuning, which are made once.
async function ablation() {
  const directory = mkdtempSync(join(tmpdir(), 'isoscope-ablation-'));
  const variant = join(directory, 'isoctl');
  const sets = { half: 'tune', early: 'reference 0 300', late: 'late-reference 0 300', fresh: 'fresh 0 4000', days: 'days 0 10' };
  for (const [name, set] of Object.entries(sets)) {
    await run('sh', ['-c', `"${build}/tests/generate" ${set} > "${directory}/${name}.jsonl"`]);
  }
  console.log('| without | false alarms, tuning half | missed | way gone | reference leak: median, p97 | after a flat stretch | fresh of 4,000 | 10 days |\n|---|---|---|---|---|---|---|---|');
  for (const { name, changes } of ablations) {
    await run('sh', ['tests/corpus/variant.sh', variant, ...changes], { env: { ...process.env, B: build } });
    const of = {};
    for (const set of Object.keys(sets)) {
      const { stdout } = await run(variant, ['replay', '--json', `${directory}/${set}.jsonl`], options);
      of[set] = JSON.parse(stdout).summary;
    }
    console.log(`| ${name} | ${of.half.false_positives} | ${of.half.false_negatives} | ${cell(of.half.median_headroom_used)} | ${of.early.median_delay_jobs}, ${of.early.p97_delay_jobs} | ${of.late.median_delay_jobs}, ${of.late.p97_delay_jobs} | ${of.fresh.false_positives} | ${of.days.false_positives} |`);
  }
  rmSync(directory, { recursive: true });
}

if (what === 'check') {
  await checkEvaluation();
  await checkReference();
  await checkFresh(2500);
  await checkStrictness();
} else if (what === 'days') {
  await checkFresh(20000);
  await checkDays(Number(argument || 1000));
} else if (what === 'table') {
  await table();
} else if (what === 'ablation') {
  await ablation();
} else {
  console.error('usage: judge.mjs BUILD check|days [N]|table|ablation');
  process.exit(2);
}
if (failures.length > 0) {
  console.error(`not kept: ${failures.join(', ')}`);
  process.exit(1);
}
