/*
 * The heap of one isolate over time: what is used as a thin saw-tooth, what stays after each full
 * collection as the line through it, the baseline behind, the limit above, collections as ticks
 * below. What the daemon's history does not know is a gap.
 */
import type uPlot from "uplot";
import { HistoryPoint } from "../data/api";
import { byteLabels, byteTicks, timeLabels, timeTicks } from "./axis";
import { ChartTable, sheetTable } from "./charttable";
import { Value, el, panel, setAttribute, setText } from "../parts/dom";
import { Sheet, exportButtons, savePng, saveSheet } from "../parts/export";
import { bytes, bytesText, clock, day } from "../data/format";
import { nameOf } from "../data/judge";
import { Paint, paintBeginning, paintGaps, paintLabel, paintLimits, paintRule } from "./paint";
import { PinnedLines } from "./pinnedlines";
import { Plot } from "./plot";
import { Happening, Isolate, known } from "../data/protocol";
import { Series, holesOf } from "../data/series";
import { Span } from "../data/window";
import { Room } from "../parts/view";

const HINT = "Drag to zoom, Space pauses";
const RINGS_MAX = 80;
const LANE = 22;
const DENSE = 3; // pixels, and how many collections in them are still told apart
const PICK_REACH = 12; // pixels
const BAND_DEFAULT = 0.05;
const SPEAK_MS = 30000;

export class HeapChart {
  private readonly remark = el("span", { class: "remark" });
  private readonly line = el("output", { class: "readout" }, HINT);
  private readonly ends = {
    used: new Value("q"),
    live: new Value("q"),
    baseline: new Value("q"),
  };
  private readonly notes: Record<"used" | "live" | "baseline", HTMLElement>;
  private readonly plot: Plot;
  private readonly table = new ChartTable("the heap", () => sheetTable(this.sheet(), []));
  private isolate: Isolate | null = null;
  private used: Series | null = null;
  private live: Series | null = null;
  private readonly others: PinnedLines;
  private collections: Happening[] = [];
  private span: Span = { from: 0, to: 1 };
  private spokenAt = -Infinity;
  private isRising = false;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.others = new PinnedLines(room);
    this.plot = new Plot(
      {
        label: "Heap over time",
        isTime: true,
        series: (colours) => this.series(colours),
        bands: (colours) => [{ series: [1, 2], fill: `${colours.heap}55` }],
        xTicks: timeTicks,
        xLabels: (ticks) => timeLabels(ticks, -Infinity, this.span.to, 0.03 * (this.span.to - this.span.from)),
        yTicks: byteTicks,
        yLabels: (ticks) => byteLabels(ticks, this.limit()),
        under: (paint) => this.paintBaseline(paint),
        over: (paint) => this.paintOver(paint),
        hover: (t) => {
          this.readOut(t);
          this.pointed(t);
        },
        zoom: (from, to) => room.time.zoom({ from, to }, room.store.t),
        unzoom: () => room.time.unzoom(),
        click: (t, _value, isLane) => this.pick(t, isLane),
        hold: (isHeld) => room.time.hold(isHeld ? room.store.t : null),
        pan: (share) => room.time.pan(share, room.store.t, this.span.from),
      },
      LANE,
    );
    const note = (name: string, value: Value, kind: string): HTMLElement =>
      el("li", { "data-kind": kind }, el("span", { class: "bandname" }, name), value.node);
    this.notes = {
      used: note("Used", this.ends.used, "used"),
      live: note("Live after GC", this.ends.live, "live"),
      baseline: note("Baseline", this.ends.baseline, "baseline"),
    };
    this.node = panel(
      { id: "heap-title", title: "Heap", kind: "chartpanel" },
      [
        this.remark,
        el("span", { class: "grow" }),
        this.line,
        exportButtons("the heap", () => this.savePng(), () => saveSheet(this.title(), this.sheet())),
        this.table.button,
      ],
      el(
        "div",
        { class: "picture noted" },
        this.plot.host,
        el("ul", { class: "ends" }, this.notes.used, this.notes.live, this.notes.baseline),
      ),
      this.table.node,
    );
  }

  /** Another isolate: nothing of the one before stays. */
  turn(id: string): void {
    this.used = new Series(`isolate:${id}`, "heap.used", () => this.room.request());
    this.live = new Series(`isolate:${id}`, "heap.live", () => this.room.request());
    this.collections = [];
    this.spokenAt = -Infinity;
  }

  repaint(): void {
    this.plot.repaint();
  }

  /** The collection nearest to a click in the lane; the events are then those around it. */
  private pick(t: number, isLane: boolean): void {
    if (!isLane) return;
    const reach = (PICK_REACH * (this.span.to - this.span.from)) / this.plot.plotWidth();
    let best: number | null = null;
    for (const one of this.collections)
      if (Math.abs(one.t - t) <= Math.abs((best ?? t + reach) - t)) best = one.t;
    this.room.address.set({ at: best === null ? null : best.toFixed(1) });
  }

  /** Somebody points at a moment here; the view tells the other charts. */
  pointed: (t: number | null) => void = () => undefined;

  /** Somebody points at a moment elsewhere. */
  point(t: number | null): void {
    this.plot.point(t);
    this.readOut(t);
  }

  /** The collections that are known, oldest first. */
  mark(collections: Happening[]): void {
    this.collections = collections;
  }

  render(isolate: Isolate | null, span: Span, rangeWords: string): void {
    const { used, live } = this;
    if (!used || !live) return;
    this.isolate = isolate;
    this.span = span;
    const px = this.plot.plotWidth();
    used.want(span.from, span.to, px);
    live.want(span.from, span.to, px);
    this.others.want(isolate?.id ?? "", span, px);
    const rises = isolate?.drift?.state === "rising";
    if (rises !== this.isRising) {
      this.isRising = rises;
      this.plot.repaint();
    }
    const step = used.step > 1 ? `, min and max of ${used.step} s` : ", every collection marked";
    setText(this.remark, used.points.length ? `${rangeWords}${step}` : (used.failure ?? rangeWords));
    this.plot.show({ data: this.data(), ...span, max: this.top() });
    this.tell(isolate);
    this.speak(isolate);
  }

  private series(colours: Record<string, string>): uPlot.Series[] {
    const points = { show: false };
    const heap = colours.heap ?? "";
    const live = (this.isRising ? colours.rising : colours.ok) ?? "";
    return [
      { stroke: heap, width: 1.3, fill: `${heap}21`, points, spanGaps: false },
      { stroke: heap, width: 0.8, points, spanGaps: false },
      { stroke: live, width: 1.8, points, spanGaps: true },
    ];
  }

  private limit(): number | null {
    const limit = this.isolate?.heap?.limit;
    if (!known(limit)) return null;
    return limit <= 20 * this.peak() ? limit : null;
  }

  private peak(): number {
    let peak = 1;
    for (const { points } of [...(this.used ? [this.used] : []), ...this.others.all()])
      for (const point of points) if (point[3] > peak) peak = point[3];
    return peak;
  }

  private top(): number {
    const limit = this.limit();
    return Math.max(limit ?? 0, this.peak()) * 1.08;
  }

  /** Used at its highest and lowest, live; a hole is a null in between. */
  private data(): uPlot.AlignedData {
    const used = this.used?.points ?? [];
    const step = this.used?.step ?? 1;
    const live = this.livePoints();
    const holes = new Set(holesOf(used, step).map((hole) => hole.to));
    const rows: [number, number | null, number | null, number | null][] = [];
    for (const [t, low, , high] of used) {
      if (holes.has(t)) rows.push([t - step / 2, null, null, null]);
      rows.push([t + step / 2, high, low, null]);
    }
    for (const [t, value] of live) rows.push([t, null, null, value]);
    rows.sort((a, b) => a[0] - b[0]);
    return joined(rows);
  }

  /** Through each collection while they can be told apart, else through the history. */
  private livePoints(): [number, number][] {
    const rings = this.rings();
    if (rings.length) return rings;
    const { points, step } = this.live ?? { points: [] as HistoryPoint[], step: 1 };
    return points.map(([t, , average]) => [t + step / 2, average]);
  }

  private rings(): [number, number][] {
    const full = this.collections.filter((one) => one.kind !== "young" && typeof one.after === "number");
    const first = full[0]?.t ?? Infinity;
    const inSpan = full.filter((one) => one.t >= this.span.from && one.t <= this.span.to);
    const isAll = first <= Math.max(this.span.from, this.isolate?.started_at ?? 0) + 2;
    if (inSpan.length > RINGS_MAX || !isAll) return [];
    return inSpan.map((one) => [one.t, one.after as number]);
  }

  private paintBaseline(paint: Paint): void {
    const { plot, colours } = paint;
    const baseline = this.isolate?.heap?.baseline;
    if (!known(baseline) || baseline <= 0) return;
    const band = this.isolate?.drift?.band ?? BAND_DEFAULT;
    const top = plot.valToPos(baseline * (1 + band), "y", true);
    const bottom = plot.valToPos(baseline * (1 - band), "y", true);
    const height = Math.max(2.5 * paint.ratio, bottom - top);
    plot.ctx.globalAlpha = 0.22;
    plot.ctx.fillStyle = colours.ok;
    plot.ctx.fillRect(plot.bbox.left, (top + bottom - height) / 2, plot.bbox.width, height);
    plot.ctx.globalAlpha = 1;
  }

  private paintOver(paint: Paint): void {
    const { plot, colours, ratio } = paint;
    this.paintBeginning(paint);
    paintGaps(paint, holesOf(this.used?.points ?? [], this.used?.step ?? 1), this.peak());
    paintLimits(paint, this.isolate?.heap?.limit ?? null, null);
    const c = plot.ctx;
    for (const [t, value] of this.rings()) {
      c.beginPath();
      c.arc(plot.valToPos(t, "x", true), plot.valToPos(value, "y", true), 2.6 * ratio, 0, 2 * Math.PI);
      c.fillStyle = colours.panel;
      c.fill();
      c.strokeStyle = this.isRising ? colours.rising : colours.ok;
      c.lineWidth = 1.5 * ratio;
      c.stroke();
    }
    this.others.paint(paint);
    this.paintSince(paint);
    this.paintTicks(paint);
  }

  private paintBeginning(paint: Paint): void {
    const { points, step } = this.used ?? { points: [], step: 1 };
    const first = points[0]?.[0];
    if (first === undefined || first < this.span.from + 3 * step) return;
    const began = this.isolate?.started_at;
    const isStart = known(began) && Math.abs(began - first) < 3 * step + 5;
    paintBeginning(paint, first, isStart ? "started" : "nothing is kept before");
  }

  private paintSince(paint: Paint): void {
    const since = this.isolate?.drift?.since;
    if (!this.isRising || !known(since) || since < this.span.from || since > this.span.to) return;
    const { plot, colours, ratio } = paint;
    const x = plot.valToPos(since, "x", true);
    const { top, height, left, width } = plot.bbox;
    paintRule(paint, [x, top], [x, top + height], colours.rising, 1, [2, 3]);
    const isLate = x > left + 0.7 * width;
    const limit = this.limit();
    const free = limit === null ? top : plot.valToPos(limit, "y", true);
    const where: [number, number] = [x + (isLate ? -6 : 6) * ratio, free + 18 * ratio];
    paintLabel(paint, `rising since ${clock(since, false)}`, where, colours["rising-text"], false, isLate ? "right" : "left");
  }

  /** A tick a collection; where there are too many for that, the more the stronger. */
  private paintTicks(paint: Paint): void {
    const { plot, colours, ratio } = paint;
    const { left, top, width, height } = plot.bbox;
    const lane = top + height + 35 * ratio;
    const c = plot.ctx;
    paintRule(paint, [left, lane], [left + width, lane], colours.grid, 1);
    paintLabel(paint, "GC", [left - 8 * ratio, lane + 4 * ratio], colours["text-3"], false, "right");
    c.fillStyle = colours["text-2"];
    const inside = this.collections
      .map((one) => ({ x: plot.valToPos(one.t, "x", true), half: one.kind === "young" ? 2 : 4 }))
      .filter(({ x }) => x >= left && x <= left + width);
    const bins = new Map<number, number>();
    for (const { x } of inside) {
      const bin = Math.floor((x - left) / (DENSE * ratio));
      bins.set(bin, (bins.get(bin) ?? 0) + 1);
    }
    const most = Math.max(0, ...bins.values());
    if (most <= DENSE) {
      for (const { x, half } of inside)
        c.fillRect(x - 0.5 * ratio, lane - half * ratio, Math.max(1, ratio), 2 * half * ratio);
      return;
    }
    for (const [bin, many] of bins) {
      c.globalAlpha = 0.2 + (0.8 * Math.log(many + 1)) / Math.log(most + 1);
      c.fillRect(left + bin * DENSE * ratio, lane - 4 * ratio, DENSE * ratio, 8 * ratio);
    }
    c.globalAlpha = 1;
  }

  private tell(isolate: Isolate | null): void {
    const { store } = this.room;
    const index = isolate ? (store.indexOf.get(isolate.id) ?? -1) : -1;
    const used = index >= 0 ? store.figure("used", index) : isolate?.heap?.used;
    const live = index >= 0 ? store.figure("live", index) : isolate?.heap?.live;
    const baseline = isolate?.heap?.baseline;
    const max = this.top();
    this.ends.used.setBytes(used, bytes(used), "not known to its emitter");
    this.ends.live.setBytes(live, bytes(live), "not known: no full collection was seen yet");
    const band = Math.round(100 * (isolate?.drift?.band ?? BAND_DEFAULT));
    const quantity = bytes(baseline);
    this.ends.baseline.set(
      known(baseline) ? { text: quantity.text, unit: `${quantity.unit} ± ${band} %` } : quantity,
      known(baseline) ? "" : "not known: too few jobs were seen yet",
    );
    setAttribute(this.notes.live, "data-kind", this.isRising ? "rising" : "live");
    this.place([
      [this.notes.used, used ?? 0],
      [this.notes.live, live ?? 0],
      [this.notes.baseline, baseline ?? 0],
    ], max);
  }

  /** Beside where their lines end, without lying on each other. */
  private place(entries: [HTMLElement, number][], max: number): void {
    const height = this.plot.plotHeight();
    const step = 38;
    let low = 20 + height;
    const places = [...entries]
      .sort((a, b) => a[1] - b[1])
      .map(([node, value]) => {
        const wanted = 20 + height * (1 - Math.min(1, value / max)) - step / 2;
        low = Math.min(wanted, low - step);
        return { node, y: low };
      });
    let high = 0;
    for (const { node, y } of places.reverse()) {
      const at = Math.max(y, high);
      high = at + step;
      node.style.setProperty("--y", `${Math.round(at)}px`);
    }
  }

  private readOut(t: number | null): void {
    const { used, live } = this;
    const point = t === null ? undefined : nearest(used?.points ?? [], t, used?.step ?? 1);
    if (!point) return setText(this.line, HINT);
    const after = nearest(live?.points ?? [], t as number, live?.step ?? 1);
    const isFar = Math.abs(this.room.store.t - point[0]) > 72000;
    const when = `${isFar ? `${day(point[0])} ` : ""}${clock(point[0], true)}`;
    const range = point[1] === point[3] ? bytesText(point[3]) : `${bytesText(point[1])} to ${bytesText(point[3])}`;
    setText(this.line, `${when}   used ${range}   live ${bytesText(after?.[2])}`);
  }

  private speak(isolate: Isolate | null): void {
    if (!isolate || performance.now() - this.spokenAt < SPEAK_MS) return;
    this.spokenAt = performance.now();
    const { used, live, limit } = isolate.heap ?? {};
    const of = known(limit) ? ` of ${bytesText(limit)}` : "";
    const words = `Heap of ${nameOf(isolate)} over time: ${bytesText(used)}${of} used, ${bytesText(live)} live after collection${this.isRising ? ", rising" : ""}.`;
    setAttribute(this.plot.host, "aria-label", words);
  }

  private title(): string {
    return `Heap of ${this.isolate ? nameOf(this.isolate) : "an isolate"}`;
  }

  private savePng(): void {
    const canvas = this.plot.canvas();
    const { from, to } = this.span;
    const range = `${day(from)} ${clock(from, true)} to ${day(to)} ${clock(to, true)}`;
    if (canvas) savePng(this.title(), canvas, this.title(), range);
  }

  private sheet(): Sheet {
    const live = new Map((this.live?.points ?? []).map((point) => [point[0], point]));
    const heads = ["time", "used_min", "used_avg", "used_max", "live"];
    const rows = (this.used?.points ?? []).map(([t, low, mean, high]) => [t, low, mean, high, live.get(t)?.[2] ?? null]);
    return { heads, rows };
  }
}

function nearest(points: HistoryPoint[], t: number, step: number): HistoryPoint | undefined {
  let best: HistoryPoint | undefined;
  for (const point of points)
    if (!best || Math.abs(point[0] + step / 2 - t) < Math.abs(best[0] + step / 2 - t)) best = point;
  return best && Math.abs(best[0] - t) < 3 * step + 5 ? best : undefined;
}

/** Rows of x and three values as uPlot's columns; x never falls. `undefined` joins, null breaks. */
function joined(rows: [number, number | null, number | null, number | null][]): uPlot.AlignedData {
  const xs: number[] = [];
  const columns: (number | null | undefined)[][] = [[], [], []];
  for (const [t, high, low, live] of rows) {
    xs.push(t);
    const isHole = high === null && live === null;
    columns[0]?.push(high ?? (isHole ? null : undefined));
    columns[1]?.push(low ?? (isHole ? null : undefined));
    columns[2]?.push(live ?? undefined);
  }
  return [xs, ...columns] as uPlot.AlignedData;
}
