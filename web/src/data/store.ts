/*
 * What the page knows: the last frame with every tick applied to it. The fast figures of isolates
 * stand in typed arrays under the index the daemon uses (NaN is "not known"), everything slow in
 * plain objects. One writer, the stream; views only read. An index never changes its isolate until
 * the next frame; an isolate that is gone keeps its index and is marked.
 */
import { Json, isObject, mergeKeyed, mergePatch } from "./patch";
import {
  Alert,
  Budget,
  Figure,
  Frame,
  Isolate,
  Process,
  Status,
  Tick,
  Verdict,
  known,
} from "./protocol";

export const COLUMNS = ["used", "total", "live", "external", "shared", "queued_bytes"] as const;
export type Column = (typeof COLUMNS)[number];

function figuresOf(isolate: Isolate): Record<Column, Figure> {
  return {
    used: isolate.heap?.used,
    total: isolate.heap?.total,
    live: isolate.heap?.live,
    external: isolate.external,
    shared: isolate.shared,
    queued_bytes: isolate.messages?.queued_bytes,
  };
}

export class Store {
  t = 0;
  verdict: Verdict = {};
  status: Status = {};
  isolates: Isolate[] = [];
  gone = new Uint8Array(0);
  readonly indexOf = new Map<string, number>();
  readonly columns = {} as Record<Column, Float64Array>;
  readonly processes = new Map<string, Process>();
  readonly budgets = new Map<string, Budget>();
  readonly alerts = new Map<string, Alert>();
  /** Counts up whenever an isolate joins or leaves, so views know when to lay out afresh. */
  membership = 0;
  /** Whether the daemon is there to be asked; the page says so. */
  isHeard = false;

  constructor() {
    this.reserve(64);
  }

  applyFrame(frame: Frame): void {
    this.t = frame.t;
    this.verdict = frame.verdict ?? {};
    this.status = frame.status ?? {};
    this.isolates = [];
    this.gone.fill(0);
    this.indexOf.clear();
    this.membership++;
    for (const isolate of frame.isolates ?? []) this.append(isolate);
    refill(this.processes, frame.processes, (process) => String(process.pid));
    refill(this.budgets, frame.budgets, (budget) => budget.name);
    refill(this.alerts, frame.alerts, (alert) => alert.id);
  }

  /** False if the tick does not fit the frame: then only a new frame helps. */
  applyTick(tick: Tick): boolean {
    this.t = tick.t;
    if (isObject(tick.patch)) this.applyPatch(tick.patch);
    const index = tick.index ?? [];
    for (const name of COLUMNS) {
      const values = tick[name];
      if (!values) continue;
      if (values.length !== index.length) return false;
      const column = this.columns[name];
      for (let i = 0; i < index.length; i++) {
        const at = index[i] as number;
        if (!(at >= 0 && at < this.isolates.length)) return false;
        const value = values[i];
        column[at] = known(value) ? value : NaN;
      }
    }
    return true;
  }

  /** The figure as the views want it: NaN becomes "not known". */
  figure(column: Column, index: number): Figure {
    const value = this.columns[column][index];
    return known(value) ? value : null;
  }

  private applyPatch(patch: Json): void {
    const { isolates, processes, budgets, alerts, verdict, status } = patch;
    mergeKeyed(this.processes, processes, "pid");
    mergeKeyed(this.budgets, budgets, "name");
    mergeKeyed(this.alerts, alerts, "id");
    if (isObject(verdict)) mergePatch(this.verdict as Json, verdict);
    if (isObject(status)) mergePatch(this.status as Json, status);
    if (!isObject(isolates)) return;
    for (const id of Object.keys(isolates)) this.patchIsolate(id, isolates[id]);
  }

  private patchIsolate(id: string, value: unknown): void {
    const index = this.indexOf.get(id);
    if (value === null) {
      if (index === undefined) return;
      this.gone[index] = 1;
      this.indexOf.delete(id);
      this.membership++;
    } else if (isObject(value) && index === undefined) {
      const fresh: Json = {};
      mergePatch(fresh, value);
      this.append({ ...fresh, id });
    } else if (isObject(value) && index !== undefined) {
      const isolate = this.isolates[index] as Isolate;
      mergePatch(isolate as unknown as Json, value);
      this.copyFigures(index, value as unknown as Isolate);
    }
  }

  private append(isolate: Isolate): void {
    const index = this.isolates.length;
    this.reserve(index + 1);
    this.isolates.push(isolate);
    this.indexOf.set(isolate.id, index);
    for (const name of COLUMNS) this.columns[name][index] = NaN;
    this.copyFigures(index, isolate);
    this.membership++;
  }

  private copyFigures(index: number, from: Isolate): void {
    const figures = figuresOf(from);
    for (const name of COLUMNS) {
      const value = figures[name];
      if (value !== undefined) this.columns[name][index] = known(value) ? value : NaN;
    }
  }

  private reserve(size: number): void {
    if (size <= this.gone.length) return;
    const room = Math.max(64, 2 ** Math.ceil(Math.log2(size)));
    const gone = new Uint8Array(room);
    gone.set(this.gone);
    this.gone = gone;
    for (const name of COLUMNS) {
      const column = new Float64Array(room).fill(NaN);
      if (this.columns[name]) column.set(this.columns[name]);
      this.columns[name] = column;
    }
  }
}

function refill<T>(
  map: Map<string, T>,
  list: T[] | undefined,
  keyOf: (element: T) => string,
): void {
  map.clear();
  for (const element of list ?? []) map.set(keyOf(element), element);
}
