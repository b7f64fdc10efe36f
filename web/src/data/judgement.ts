/*
 * One isolate in sentences: who, what happens, when; then the evidence. Where an alert says it, its
 * words are taken, so the page, the terminal and the notification say the same. Pure.
 */
import { bytesText, cleanName, count, splitSentence, timeToLimit } from "./format";
import { hasEnded, isRising, nameOf, secondsToLimit, stateOf } from "./judge";
import { Alert, Happening, Isolate, known } from "./protocol";
import { Store } from "./store";

export function sentenceOf(
  isolate: Isolate | null,
  id: string,
  alert: Alert | undefined,
  failure: string,
): string {
  if (!isolate) return failure ? `Isolate ${id} is not known any more` : `Asking for isolate ${id}`;
  if (alert?.summary) return splitSentence(alert.summary)[0];
  const name = nameOf(isolate);
  const verbs: Record<string, string> = {
    "out of memory": "ran out of memory",
    died: "died with its process",
    exited: known(isolate.exit_code) ? `has ended with code ${isolate.exit_code}` : "has ended",
    stale: "is not heard of",
    rising: "keeps more after every job",
    "outside band": "holds more than its baseline",
    warming: "is warming up",
    recovered: "is flat again",
    flat: "is flat",
  };
  return `${name} ${verbs[stateOf(isolate).word] ?? "is watched"}`;
}

export function evidenceOf(isolate: Isolate | null, alert: Alert | undefined): string {
  if (!isolate) return "What is still kept of its past is drawn below.";
  if (alert?.summary) return `${splitSentence(alert.summary)[1]} ${endOf(isolate)}`.trim();
  const { live, limit, baseline, peak } = isolate.heap ?? {};
  const of = known(limit) ? ` of ${bytesText(limit)}` : "";
  if (hasEnded(isolate)) return known(peak) ? `Its heap was at most ${bytesText(peak)}${of}. Its memory is back.` : "Its memory is back.";
  if (!known(live)) return "No full collection was seen yet, so what it keeps is not known.";
  const jobs = known(isolate.jobs) && isolate.jobs ? ` after ${count(isolate.jobs)} jobs` : "";
  const band = Math.round(100 * (isolate.drift?.band ?? 0));
  const base = known(baseline) && baseline > 0 ? `, its baseline is ${bytesText(baseline)} ± ${band} %` : "";
  return `It keeps ${bytesText(live)}${of}${jobs}${base}.`;
}

/** When its limit is met, where that can be told. */
function endOf(isolate: Isolate): string {
  const seconds = secondsToLimit(isolate);
  if (!known(seconds)) return "";
  const jobs = isolate.drift?.jobs_to_limit;
  const when = timeToLimit(seconds).replace("~", "about ").replace("< 1 min", "less than a minute");
  return `It is full in ${when.replace("> ", "more than ")}${known(jobs) ? `, ${count(jobs)} jobs` : ""}.`;
}

/** Whether the others of its pool do the same. */
export function siblingsOf(store: Store, isolate: Isolate): string {
  if (!isolate.pool) return "";
  let others = 0;
  let rising = 0;
  store.isolates.forEach((other, index) => {
    if (store.gone[index] || hasEnded(other) || other.id === isolate.id) return;
    if (other.pool !== isolate.pool || other.process !== isolate.process) return;
    others++;
    if (isRising(other)) rising++;
  });
  if (!others) return "";
  const pool = cleanName(isolate.pool);
  const who = others === 1 ? "The other one" : `The other ${count(others)}`;
  if (!rising) return `${who} in ${pool} ${others === 1 ? "does" : "do"} not rise.`;
  return `${count(rising)} of the other ${count(others)} in ${pool} rise too.`;
}

const SUCCESSION_SECONDS = 10;

/** Who took the place of one that has ended: of its name, else of its pool and started just then. */
export function successorOf(store: Store, isolate: Isolate): Isolate | null {
  const { ended_at: end } = isolate;
  if (!hasEnded(isolate) || !known(end)) return null;
  let next: Isolate | null = null;
  let least = Infinity;
  store.isolates.forEach((other, index) => {
    if (store.gone[index] || other.process !== isolate.process) return;
    if ((other.thread ?? 0) <= (isolate.thread ?? 0) || !known(other.started_at)) return;
    const apart = Math.abs(other.started_at - end);
    const isSame = other.name === isolate.name;
    if (!isSame && (!isolate.pool || other.pool !== isolate.pool || apart > SUCCESSION_SECONDS)) return;
    const distance = apart - (isSame ? 1e6 : 0);
    if (distance < least) [next, least] = [other, distance];
  });
  return next;
}

/** What recycling it brought. */
export function recycledWords(event: Happening | null): string {
  const figure = (value: unknown): number | null => (typeof value === "number" ? value : null);
  const freed = figure(event?.reclaimed);
  if (!event || freed === null) return "";
  const predicted = figure(event.predicted);
  return `Recycled, freed ${bytesText(freed)}${predicted ? ` of ${bytesText(predicted)} predicted` : ""}.`;
}
