/*
 * From samples to the bands of the budget picture. Three steps, each pure: which bands there are
 * and in what order (bottom to top: steady things first, rising heaps last, so the wedge on top
 * stands on a straight floor), which samples survive (one a pixel column, the highest, so no peak
 * is averaged away), and the running sums to draw. A hole in the samples stays a hole.
 */
import { Trace } from "./trace";

export type BandKind =
  "unattributed" | "shared" | "external" | "heap" | "others" | "in_flight" | "rising";

export interface Band {
  id: string;
  kind: BandKind;
  /** Columns of the trace that make up this band. */
  keys: string[];
  isolate: string | null;
}

export interface Gap {
  from: number;
  to: number;
}

export interface Picture {
  x: number[];
  /** The upper edge of every band, in the order of the bands; null in a hole. */
  tops: (number | null)[][];
  used: (number | null)[];
  gaps: Gap[];
}

const SINGLE_HEAPS = 14;

export interface Ordering {
  rising: Set<string>;
  /** Heaps high enough to be seen as a band of their own. */
  large: Set<string>;
  /** Always bands of their own. */
  pinned: string[];
  /** The present size of an isolate's heap. */
  sizeOf: (id: string) => number;
}

/** What of the trace is drawn, bottom to top. */
export function bandsOf(trace: Trace, { rising, large, pinned, sizeOf }: Ordering): Band[] {
  const ids = [...trace.parts.keys()]
    .filter((key) => key.startsWith("heap:"))
    .map((key) => key.slice(5));
  const wedge = ids.filter((id) => rising.has(id));
  const quiet = ids.filter((id) => !rising.has(id)).sort((a, b) => sizeOf(a) - sizeOf(b));
  const room = Math.max(0, SINGLE_HEAPS - wedge.length);
  const seen = quiet.filter((id) => large.has(id));
  const heaps = seen.filter((id, at) => at >= seen.length - room || pinned.includes(id));
  const rest = quiet.filter((id) => !heaps.includes(id));
  const band = (
    kind: BandKind,
    id: string,
    keys: string[],
    isolate: string | null = null,
  ): Band => ({ id, kind, keys, isolate });
  const heapBand =
    (kind: BandKind) =>
    (id: string): Band =>
      band(kind, id, [`heap:${id}`], id);
  return [
    band("unattributed", "unattributed", ["unattributed"]),
    band("shared", "shared", ["shared"]),
    band("external", "external", ["external"]),
    band("others", "others", ["others", ...rest.map((id) => `heap:${id}`)]),
    ...heaps.map(heapBand("heap")),
    band("in_flight", "in_flight", ["in_flight"]),
    ...wedge.sort((a, b) => sizeOf(b) - sizeOf(a)).map(heapBand("rising")),
  ];
}

/** The slots that are drawn: the highest of every pixel column, and where the holes are. */
function survivors(trace: Trace, from: number, to: number, px: number) {
  const width = (to - from) / Math.max(1, px);
  const slots: number[] = [];
  const gaps: Gap[] = [];
  let column = -Infinity;
  let before = NaN;
  for (let i = 0; i < trace.length; i++) {
    const slot = trace.at(i);
    const t = trace.t[slot] as number;
    const hole = trace.holeAt(t);
    if (t < from - hole || t > to + hole) continue;
    if (t - before > hole) {
      gaps.push({ from: before, to: t });
      slots.push(-1);
      column = -Infinity;
    }
    before = t;
    const here = Math.floor(t / width);
    if (here !== column) slots.push(slot);
    else if (isHigher(trace, slot, slots[slots.length - 1] as number))
      slots[slots.length - 1] = slot;
    column = here;
  }
  return { slots, gaps };
}

const isHigher = (trace: Trace, a: number, b: number): boolean =>
  (trace.used[a] as number) > (trace.used[b] as number);

export function pictureOf(
  trace: Trace,
  bands: Band[],
  from: number,
  to: number,
  px: number,
): Picture {
  const { slots, gaps } = survivors(trace, from, to, px);
  const picture: Picture = { x: [], tops: bands.map(() => []), used: [], gaps };
  const columns = bands.map((band) => band.keys.map((key) => trace.parts.get(key)));
  for (const slot of slots) {
    const last = picture.x[picture.x.length - 1];
    picture.x.push(slot < 0 ? (last ?? from) + 1e-3 : (trace.t[slot] as number));
    const used = slot < 0 ? NaN : (trace.used[slot] as number);
    picture.used.push(Number.isNaN(used) ? null : used);
    let top = 0;
    columns.forEach((keys, at) => {
      if (slot >= 0) top += sumAt(keys, slot);
      (picture.tops[at] as (number | null)[]).push(slot < 0 ? null : top);
    });
  }
  return picture;
}

/** A negative remainder (memory promised but not yet touched) cannot be drawn as a band. */
function sumAt(columns: (Float64Array | undefined)[], slot: number): number {
  let sum = 0;
  for (const column of columns) {
    const value = column ? (column[slot] as number) : NaN;
    if (value > 0) sum += value;
  }
  return sum;
}

/** The latest value of a band, signed; NaN if none of its parts is there. */
export function latestOf(trace: Trace, band: Band): number {
  if (!trace.length) return NaN;
  const slot = trace.at(trace.length - 1);
  let sum = NaN;
  for (const key of band.keys) {
    const value = trace.parts.get(key)?.[slot] ?? NaN;
    if (!Number.isNaN(value)) sum = Number.isNaN(sum) ? value : sum + value;
  }
  return sum;
}
