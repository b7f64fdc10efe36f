/*
 * Which isolates the table shows and in what order: filtered by words and states, grouped, sorted.
 * Pure, and quick enough for ten thousand: figures come from the store's columns, the answer is an
 * array of indexes. A group's heading stands as −1 − its number among them.
 */
import { nameOf, secondsToLimit, stateOf } from "./judge";
import { Isolate, known } from "./protocol";
import { Store } from "./store";

export const SORTS = [
  "state",
  "name",
  "used",
  "live",
  "job",
  "to",
  "external",
  "shared",
  "queue",
] as const;
export type Sort = (typeof SORTS)[number];
export type Grouping = "" | "pool" | "process";

export interface Asked {
  words: string;
  /** Of which states; empty for all. */
  states: ReadonlySet<string>;
  sort: Sort;
  /** Against what the column is usually read by: largest, soonest or most urgent first. */
  reversed: boolean;
  group: Grouping;
  folded: ReadonlySet<string>;
}

export interface Group {
  name: string;
  count: number;
  used: number;
  rising: number;
}

export interface Listing {
  lines: number[];
  groups: Group[];
  /** Isolates that fit, folded ones too. */
  fits: number;
  /** How many there are of each state, whatever is filtered by state. */
  states: Map<string, number>;
}

/** The figure a column is sorted by; unknown is NaN and comes last either way. */
function weigh(store: Store, sort: Sort, index: number, isolate: Isolate): number {
  switch (sort) {
    case "used":
      return store.columns.used[index] as number;
    case "live":
      return store.columns.live[index] as number;
    case "external":
      return store.columns.external[index] as number;
    case "shared":
      return store.columns.shared[index] as number;
    case "queue":
      return store.columns.queued_bytes[index] as number;
    case "job":
      return isolate.drift?.bytes_per_job ?? NaN;
    case "to":
      return -(secondsToLimit(isolate) ?? NaN);
    default:
      return -stateOf(isolate).rank;
  }
}

function matches(isolate: Isolate, processName: string, words: string[]): boolean {
  if (!words.length) return true;
  const text =
    `${nameOf(isolate)} ${isolate.id} ${isolate.pool ?? ""} ${processName} ${stateOf(isolate).word}`.toLowerCase();
  return words.every((word) => text.includes(word));
}

const collator = new Intl.Collator("en", { numeric: true });

function sorter(store: Store, asked: Asked, indexes: number[]): (a: number, b: number) => number {
  const sign = asked.reversed ? -1 : 1;
  const names = (a: number, b: number): number =>
    collator.compare(nameOf(store.isolates[a] as Isolate), nameOf(store.isolates[b] as Isolate));
  if (asked.sort === "name") return (a, b) => sign * names(a, b) || a - b;
  const weights = new Float64Array(store.isolates.length);
  for (const index of indexes)
    weights[index] = weigh(store, asked.sort, index, store.isolates[index] as Isolate);
  const sizes = store.columns.used;
  return (a, b) => {
    const x = weights[a] as number;
    const y = weights[b] as number;
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y)))
      return Number.isNaN(x) ? 1 : Number.isNaN(y) ? -1 : sign * (y - x);
    return (sizes[b] || 0) - (sizes[a] || 0) || a - b;
  };
}

export function groupOf(store: Store, isolate: Isolate, group: Grouping): string {
  if (group === "pool") return isolate.pool || "no pool";
  const process = store.processes.get(String(isolate.process));
  return `${process?.name || "process"} ${isolate.process ?? ""}`.trim();
}

export function listingOf(store: Store, asked: Asked): Listing {
  const words = asked.words.toLowerCase().split(/\s+/).filter(Boolean);
  const states = new Map<string, number>();
  const indexes: number[] = [];
  store.isolates.forEach((isolate, index) => {
    if (store.gone[index]) return;
    const process = store.processes.get(String(isolate.process));
    if (!matches(isolate, `${process?.name ?? ""} ${isolate.process ?? ""}`, words)) return;
    const { word } = stateOf(isolate);
    states.set(word, (states.get(word) ?? 0) + 1);
    if (!asked.states.size || asked.states.has(word)) indexes.push(index);
  });
  indexes.sort(sorter(store, asked, indexes));
  if (!asked.group) return { lines: indexes, groups: [], fits: indexes.length, states };
  return { ...grouped(store, asked, indexes), fits: indexes.length, states };
}

/** Groups stand in the order of their first isolates: the most urgent one, the largest one. */
function grouped(store: Store, asked: Asked, indexes: number[]): { lines: number[]; groups: Group[] } {
  const members = new Map<string, number[]>();
  for (const index of indexes) {
    const name = groupOf(store, store.isolates[index] as Isolate, asked.group);
    const list = members.get(name);
    if (list) list.push(index);
    else members.set(name, [index]);
  }
  const lines: number[] = [];
  const groups: Group[] = [];
  for (const [name, list] of members) {
    lines.push(-1 - groups.length);
    groups.push(summed(store, name, list));
    if (!asked.folded.has(name)) for (const index of list) lines.push(index);
  }
  return { lines, groups };
}

function summed(store: Store, name: string, list: number[]): Group {
  const group: Group = { name, count: list.length, used: 0, rising: 0 };
  for (const index of list) {
    const used = store.columns.used[index];
    if (known(used)) group.used += used;
    if (stateOf(store.isolates[index] as Isolate).shape === "up") group.rising++;
  }
  return group;
}
