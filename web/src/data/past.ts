/*
 * The past of the budgets and of each isolate's live heap, as the page keeps it: sampled from
 * every tick, begun with what the daemon remembers. Owns the traces. Rings of fixed length, so an
 * open page does not grow.
 */
import { BudgetPast, HistoryPoint, budgetPast, failureWords, history } from "./api";
import { hasEnded } from "./judge";
import { Budget, known } from "./protocol";
import { Store } from "./store";
import { Trace, partKey } from "./trace";

const BUDGETS_MAX = 16;
const LIVE_SAMPLES = 900;
const LIVE_STEP = 15;
const LIVE_COLUMNS = 300; // of isolates, 7 KB each
const PAST_SECONDS = 3600;
const PAST_COLUMNS = 900;
const PAST_HEAPS = 14;
const PAST_ISOLATES = 40;
const RETRY_MS = 5000;

export class Past {
  readonly budgets = new Map<string, Trace>();
  /** Seconds of daemon time of the samples in `live`, a ring. */
  readonly t = new Float64Array(LIVE_SAMPLES);
  private readonly live = new Map<string, Float64Array>();
  private start = 0;
  length = 0;
  /** Counts up when older points were filled in. */
  filled = 0;

  constructor(
    private readonly store: Store,
    private readonly changed: () => void,
  ) {}

  /** A stretch that reaches further back than the page does, as the daemon told it last. */
  private stretch: { name: string; from: number; to: number; trace: Trace } | null = null;
  private isAsking = false;
  /** Why the past is not there, in words; empty while it is. */
  trouble = "";
  /** What was before this page was asked for once. */
  private isLoaded = false;

  /**
   * The past of a budget over a span: what the page keeps when that reaches back far enough and is
   * fine enough, else what the daemon remembers, asked for anew when the span has moved on by a column.
   */
  over(name: string, from: number, to: number): Trace | undefined {
    const near = this.budgets.get(name);
    const column = (to - from) / PAST_COLUMNS;
    const isLive = to > this.store.t - 2;
    const isFine = !near || isLive || from > near.coarseUntil || near.coarseStep <= Math.max(1, 2 * column);
    if (!near?.length || (isFine && from >= this.store.t - PAST_SECONDS)) return near;
    const known = this.stretch?.name === name ? this.stretch : null;
    const isFresh =
      known && Math.abs(known.from - from) <= column && Math.abs(known.to - to) <= column;
    if (!isFresh && !this.isAsking) void this.ask(name, from, to);
    return known?.trace ?? near;
  }

  private async ask(name: string, from: number, to: number): Promise<void> {
    this.isAsking = true;
    try {
      const trace = traceOf(await budgetPast(name, from, to, PAST_COLUMNS, PAST_HEAPS));
      trace.coarseUntil = Infinity;
      this.stretch = { name, from, to, trace };
      this.trouble = "";
      this.changed();
    } catch (error) {
      this.trouble = failureWords(error);
      this.changed();
      await new Promise((done) => setTimeout(done, RETRY_MS)); // the next tick asks again
    } finally {
      this.isAsking = false;
    }
  }

  /** One sample of everything; called after a frame or a tick was applied. */
  sample(): void {
    const { store } = this;
    for (const budget of store.budgets.values()) this.traceFor(budget)?.pushBudget(store.t, budget);
    const slot = this.push(store.t);
    if (slot < 0) return;
    for (const [id, index] of store.indexOf) {
      const isolate = store.isolates[index];
      if (!isolate || hasEnded(isolate)) continue;
      if (this.live.size < LIVE_COLUMNS || this.live.has(id))
        this.liveOf(id)[slot] = store.columns.live[index] as number;
    }
  }

  /**
   * These isolates are in sight: their past is kept from now on, and what the daemon remembers is
   * asked for, once each and one after another. Those out of sight longest make room.
   */
  want(ids: string[]): void {
    for (const id of ids) {
      this.wanted.delete(id);
      this.wanted.set(id, this.live.has(id));
      this.liveOf(id);
    }
    for (const id of this.live.keys()) {
      if (this.live.size <= LIVE_COLUMNS) break;
      if (!ids.includes(id)) this.dropColumn(id);
    }
    if (!this.isFilling) void this.fillWanted();
  }
  private readonly wanted = new Map<string, boolean>();
  private isFilling = false;

  private dropColumn(id: string): void {
    this.live.delete(id);
    this.wanted.delete(id);
  }

  private async fillWanted(): Promise<void> {
    this.isFilling = true;
    for (;;) {
      const [id] = [...this.wanted].reverse().find(([, isKnown]) => !isKnown) ?? [];
      if (id === undefined) break;
      this.wanted.set(id, true);
      const to = this.store.t;
      const points = await history(`isolate:${id}`, "heap.live", to - LIVE_SAMPLES, to, LIVE_STEP)
        .catch((): HistoryPoint[] => []);
      const column = this.live.get(id);
      if (column) this.fill(column, points);
      this.filled++;
      this.changed();
    }
    this.isFilling = false;
  }

  /** Older points into the slots there are, where nothing was sampled. */
  private fill(column: Float64Array, points: HistoryPoint[]): void {
    let next = 0;
    for (let i = 0; i < this.length; i++) {
      const slot = this.at(i);
      const t = this.t[slot] as number;
      while (next + 1 < points.length && (points[next + 1] as HistoryPoint)[0] <= t) next++;
      const point = points[next];
      if (!point || point[0] > t || t > point[0] + 2 * LIVE_STEP) continue;
      if (Number.isNaN(column[slot] as number)) column[slot] = point[2];
    }
  }

  at(i: number): number {
    return (this.start + i) % LIVE_SAMPLES;
  }

  column(id: string): Float64Array | undefined {
    return this.live.get(id);
  }

  /** Its live heap in the newest sample. */
  latest(id: string): number {
    return this.length ? (this.live.get(id)?.[this.at(this.length - 1)] ?? NaN) : NaN;
  }

  oldest(budget: Budget | null): number {
    const trace = budget ? this.budgets.get(budget.name) : undefined;
    return trace?.length ? (trace.t[trace.at(0)] as number) : this.store.t;
  }

  /** Where what is known of it begins, if that is later than `from`; a daemon's answer has all there is. */
  beginning(trace: Trace, from: number): number {
    if (!this.isLoaded) return from;
    const first = trace.length ? (trace.t[trace.at(0)] as number) : this.store.t;
    return first > from + trace.holeAt(first) ? first : from;
  }

  /**
   * Asks the daemon for what was before this page. Failing that, the page starts at its own birth.
   */
  async load(): Promise<void> {
    const to = this.store.t;
    for (const name of this.budgets.keys()) {
      const past = await budgetPast(name, to - PAST_SECONDS, to, PAST_COLUMNS, PAST_HEAPS).catch((error) => {
        this.trouble = failureWords(error);
        this.changed();
        throw error;
      });
      const recent = this.budgets.get(name);
      const older = traceOf(past);
      this.budgets.set(name, recent ? recent.after(older) : older);
    }
    this.isLoaded = true;
    this.trouble = "";
    this.changed();
    const isolates = this.store.isolates.filter((_isolate, index) => !this.store.gone[index]);
    const lives = new Map<string, HistoryPoint[]>();
    for (const { id } of isolates.slice(0, PAST_ISOLATES)) {
      lives.set(id, await history(`isolate:${id}`, "heap.live", to - LIVE_SAMPLES, to, LIVE_STEP));
    }
    this.prepend(lives);
    this.filled++;
    this.changed();
  }

  /** Begins the ring anew with the older points, then what was sampled meanwhile. */
  private prepend(pasts: Map<string, HistoryPoint[]>): void {
    const first = this.length ? (this.t[this.at(0)] as number) : Infinity;
    const times = new Set<number>();
    const older = new Map<string, Map<number, number>>();
    for (const [id, points] of pasts) {
      const values = new Map<number, number>();
      for (const [t, , average] of points) if (t < first) values.set(Math.round(t), average);
      for (const t of values.keys()) times.add(t);
      older.set(id, values);
    }
    const recent = this.drain();
    for (const t of [...times].sort((a, b) => a - b)) {
      const slot = this.push(t);
      if (slot < 0) continue;
      for (const [id, values] of older) this.liveOf(id)[slot] = values.get(t) ?? NaN;
    }
    for (const { t, values } of recent) {
      const slot = this.push(t);
      if (slot >= 0) for (const [id, value] of values) this.liveOf(id)[slot] = value;
    }
  }

  private drain(): { t: number; values: [string, number][] }[] {
    const samples = [];
    for (let i = 0; i < this.length; i++) {
      const slot = this.at(i);
      const values = [...this.live].map(([id, column]): [string, number] => [
        id,
        column[slot] as number,
      ]);
      samples.push({ t: this.t[slot] as number, values });
    }
    this.start = this.length = 0;
    return samples;
  }

  private push(t: number): number {
    if (this.length && !(t > (this.t[this.at(this.length - 1)] as number))) return -1;
    if (this.length === LIVE_SAMPLES) {
      this.start = (this.start + 1) % LIVE_SAMPLES;
      this.length--;
      if (this.start % 100 === 0) this.forget();
    }
    const slot = this.at(this.length++);
    this.t[slot] = t;
    for (const column of this.live.values()) column[slot] = NaN;
    return slot;
  }

  /** Isolates that left the frame leave the page too. */
  private forget(): void {
    for (const id of this.live.keys()) if (!this.store.indexOf.has(id)) this.live.delete(id);
  }

  private liveOf(id: string): Float64Array {
    let column = this.live.get(id);
    if (!column) {
      column = new Float64Array(LIVE_SAMPLES).fill(NaN);
      this.live.set(id, column);
    }
    return column;
  }

  private traceFor(budget: Budget): Trace | null {
    let trace = this.budgets.get(budget.name);
    if (!trace) {
      if (this.budgets.size >= BUDGETS_MAX) return null;
      trace = new Trace();
      this.budgets.set(budget.name, trace);
    }
    return trace;
  }
}

/** The daemon's columns as samples; a column in which nothing was known is a hole. */
function traceOf(past: BudgetPast): Trace {
  const trace = new Trace();
  trace.coarseStep = past.step;
  past.used.forEach((used, i) => {
    if (!known(used)) return;
    const slot = trace.push(past.from + i * past.step, used);
    if (slot < 0) return;
    for (const part of past.parts) {
      const value = part.bytes[i];
      if (known(value)) trace.setPart(slot, partKey(part), value);
    }
  });
  return trace;
}

/** The budget that presses most: by its state, then by its share of the limit. */
export function pressing(store: Store): Budget | null {
  const weight = { over: 2, warning: 1, ok: 0 };
  const urgency = (budget: Budget): number => {
    const share = known(budget.used) && known(budget.limit) ? budget.used / budget.limit : 0;
    return 10 * weight[budget.state ?? "ok"] + Math.min(share, 9);
  };
  let worst: Budget | null = null;
  for (const budget of store.budgets.values()) {
    if (!worst || urgency(budget) > urgency(worst)) worst = budget;
  }
  return worst;
}
