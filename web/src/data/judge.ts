/*
 * What the page reads out of an isolate: the one state that matters most of it, how urgent that
 * is, and whether its time to limit may be shown. The daemon judges; this only picks the word and
 * the shape.
 */
import { Figure, Isolate, known } from "./protocol";
import { Store } from "./store";

export type Shape = "up" | "ring" | "down" | "dashed" | "diamond" | "cross" | "hatch";

export interface State {
  word: string;
  shape: Shape;
  /** Lower comes first in the table. */
  rank: number;
  tone: "rising" | "ok" | "muted" | "critical" | "warning";
}

const SURE = 0.9;
const LIVING = 5;

/** Their memory is back; the alerts and events say what it means. */
const ENDED: Record<string, State> = {
  oom: { word: "out of memory", shape: "cross", rank: 9, tone: "critical" },
  died: { word: "died", shape: "cross", rank: 9, tone: "critical" },
  exited: { word: "exited", shape: "cross", rank: 9, tone: "muted" },
};

const DRIFT: Record<string, State> = {
  rising: { word: "rising", shape: "up", rank: 0, tone: "rising" },
  outside_band: { word: "outside band", shape: "diamond", rank: 2, tone: "warning" },
  flat: { word: "flat", shape: "ring", rank: LIVING, tone: "ok" },
  recovered: { word: "recovered", shape: "down", rank: LIVING, tone: "ok" },
};
const WARMING: State = { word: "warming", shape: "dashed", rank: LIVING, tone: "muted" };
const STALE: State = { word: "stale", shape: "hatch", rank: 3, tone: "warning" };

/** All there are, the most pressing first. */
export const STATES: State[] = [
  ...[DRIFT.rising, DRIFT.outside_band, STALE, WARMING, DRIFT.recovered, DRIFT.flat],
  ...Object.values(ENDED),
].filter((state): state is State => state !== undefined);

export function stateOf(isolate: Isolate): State {
  const ended = ENDED[isolate.state ?? ""];
  if (ended) return ended;
  if (isolate.stale) return STALE;
  return DRIFT[isolate.drift?.state ?? ""] ?? WARMING;
}

export function hasEnded(isolate: Isolate): boolean {
  return (isolate.state ?? "") in ENDED;
}

export function isRising(isolate: Isolate): boolean {
  return stateOf(isolate).shape === "up";
}

export function nameOf(isolate: Isolate): string {
  return isolate.name || isolate.id;
}

/** Only what is rising and sure has a time. */
export function secondsToLimit(isolate: Isolate): Figure {
  const drift = isolate.drift;
  if (!drift || !isRising(isolate) || !known(drift.confidence) || drift.confidence < SURE)
    return null;
  return drift.seconds_to_limit;
}

export interface Counts {
  living: number;
  rising: number;
  stale: number;
  ended: number;
}

export function countStates(store: Store): Counts {
  const counts: Counts = { living: 0, rising: 0, stale: 0, ended: 0 };
  store.isolates.forEach((isolate, index) => {
    if (store.gone[index]) return;
    if (hasEnded(isolate)) {
      counts.ended++;
      return;
    }
    counts.living++;
    if (isolate.stale) counts.stale++;
    else if (isRising(isolate)) counts.rising++;
  });
  return counts;
}

/** What an isolate is called, also when it is not known any more. */
export function nameById(store: Store, id: string): string {
  const isolate = store.isolates[store.indexOf.get(id) ?? -1];
  return isolate ? nameOf(isolate) : id;
}
