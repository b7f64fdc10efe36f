/*
 * The past of one budget as far as the page keeps it: a ring of samples, each the used bytes and
 * the bytes of every part. Parts are columns of the same length, NaN where a part was not there.
 * The ring never grows: one hour at one sample a second, older points come from the daemon.
 */
import { Budget, Part, known } from "./protocol";

export const TRACE_SAMPLES = 3600;
const PARTS_MAX = 160;
const HOLE_SECONDS = 5;

/** "heap:4711.3", "external", ...: one band of the picture. */
export function partKey(part: Pick<Part, "kind" | "isolate">): string {
  return part.kind === "heap" && part.isolate ? `heap:${part.isolate}` : part.kind;
}

export class Trace {
  readonly t = new Float64Array(TRACE_SAMPLES);
  readonly used = new Float64Array(TRACE_SAMPLES);
  readonly parts = new Map<string, Float64Array>();
  private start = 0;
  length = 0;
  /** Samples before this time came from the daemon, this many seconds apart. */
  coarseUntil = -Infinity;
  coarseStep = 1;

  /** Where the i-th sample (0 is the oldest) stands in the columns. */
  at(i: number): number {
    return (this.start + i) % TRACE_SAMPLES;
  }

  lastTime(): number {
    return this.length ? (this.t[this.at(this.length - 1)] as number) : -Infinity;
  }

  pushBudget(t: number, budget: Budget): void {
    const slot = this.push(t, known(budget.used) ? budget.used : NaN);
    if (slot < 0) return;
    for (const part of budget.parts ?? []) {
      if (known(part.bytes)) this.setPart(slot, partKey(part), part.bytes);
    }
  }

  /** Adds a sample and answers its slot; samples must come in time order, others are left out. */
  push(t: number, used: number): number {
    if (!(t > this.lastTime())) return -1;
    if (this.length === TRACE_SAMPLES) {
      this.start = (this.start + 1) % TRACE_SAMPLES;
      this.length--;
      if (this.start % 300 === 0) this.dropEmptyParts();
    }
    const slot = this.at(this.length++);
    this.t[slot] = t;
    this.used[slot] = used;
    for (const column of this.parts.values()) column[slot] = NaN;
    return slot;
  }

  setPart(slot: number, key: string, value: number): void {
    let column = this.parts.get(key);
    if (!column && this.parts.size >= PARTS_MAX && key !== "others")
      return this.setPart(slot, "others", value);
    if (!column) {
      column = new Float64Array(TRACE_SAMPLES).fill(NaN);
      this.parts.set(key, column);
    }
    const before = column[slot] as number;
    column[slot] = Number.isNaN(before) ? value : before + value;
  }

  /** Seconds without a sample at `t` that are more than the distance of two samples. */
  holeAt(t: number): number {
    return t <= this.coarseUntil ? Math.max(HOLE_SECONDS, 2.5 * this.coarseStep) : HOLE_SECONDS;
  }

  /** A new trace of `older` samples (from the daemon) with those of this one after them. */
  after(older: Trace): Trace {
    const last = older.lastTime();
    older.coarseUntil = last + older.coarseStep + HOLE_SECONDS;
    for (let i = 0; i < this.length; i++) {
      const from = this.at(i);
      if ((this.t[from] as number) <= last) continue;
      const slot = older.push(this.t[from] as number, this.used[from] as number);
      for (const [key, column] of this.parts) {
        const value = column[from] as number;
        if (!Number.isNaN(value)) older.setPart(slot, key, value);
      }
    }
    return older;
  }

  private dropEmptyParts(): void {
    for (const [key, column] of this.parts) {
      if (column.every(Number.isNaN)) this.parts.delete(key);
    }
  }
}
