/*
 * More isolates than anyone can read as lines: how many stand where between nothing and their own
 * limit, over time, the stronger the more. Those that rise are lines with their names. Asked of the
 * daemon every few seconds, in columns of its own history.
 */
import { Distribution, HistoryPoint, distribution, history } from "../data/api";
import { timeLabels, timeTicks } from "./axis";
import { ChartTable, sheetTable } from "./charttable";
import { el, panel, setAttribute, setText } from "../parts/dom";
import { Sheet, exportButtons, saveCsv, savePng } from "../parts/export";
import { clock, count, shortName, cleanName, day } from "../data/format";
import { isRising, nameOf, secondsToLimit } from "../data/judge";
import { Paint, paintLabel } from "./paint";
import { Plot } from "./plot";
import { Budget, Isolate, known } from "../data/protocol";
import { Token } from "../parts/theme";
import { Room } from "../parts/view";

const ASK_MS = 5000;
const BINS = 40;
const COLUMNS = 120;
/** What the daemon remembers of every isolate: seconds, for the last two minutes and before. */
const FINE_STEP = 1;
const COARSE_STEP = 15;
const FINE_SECONDS = 120;
const LINES = 6;
const HINT = "Drag to zoom";

/** No narrower than what is remembered: else every other column would look like a gap. */
function columnsOf(from: number, to: number): number {
  const step = to - from <= FINE_SECONDS ? FINE_STEP : COARSE_STEP;
  return Math.max(1, Math.min(COLUMNS, Math.floor((to - from) / step)));
}

interface Line {
  name: string;
  colour: Token;
  points: [number, number][];
}

export class Fleet {
  private readonly line = el("output", { class: "readout" }, HINT);
  private readonly plot: Plot;
  private readonly table = new ChartTable("the fleet", () => sheetTable(...this.quarters()));
  private picture: Distribution | null = null;
  private lines: Line[] = [];
  private askedAt = -Infinity;
  private askedFor = "";
  private isAsking = false;
  private since = 0;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.plot = new Plot({
      label: "Every isolate: used of its own limit over time",
      isTime: true,
      series: () => [{ show: true, points: { show: false }, stroke: "transparent" }],
      xTicks: timeTicks,
      xLabels: (ticks) => timeLabels(ticks, -Infinity, this.picture?.to ?? Infinity, 0),
      yTicks: (max) => (max <= 1.2 ? [0, 0.25, 0.5, 0.75, 1] : [0, 0.5, 1, 1.5, 2]),
      yLabels: (ticks) => ticks.map((tick) => (tick === 1 ? "100 %" : String(100 * tick))),
      under: (paint) => this.paintCells(paint),
      over: (paint) => this.paintLines(paint),
      hover: (t, share) => this.readOut(t, share),
      zoom: (from, to) => this.room.time.zoom({ from, to }, this.room.store.t),
      unzoom: () => this.room.time.unzoom(),
      pan: (share) => this.room.time.pan(share, this.room.store.t, this.oldest()),
    });
    this.node = panel(
      { id: "fleet-title", title: "Every isolate", kind: "fleet" },
      [
        el("span", { class: "remark" }, "memory of its own limit, stronger colour means more isolates"),
        el("span", { class: "grow" }),
        this.line,
        exportButtons("the fleet", () => this.savePng(), () => this.saveCsv()),
        this.table.button,
      ],
      this.plot.host,
      this.table.node,
    );
  }

  repaint(): void {
    this.plot.repaint();
  }

  render(budget: Budget | null, isKnown: boolean): void {
    this.since = this.room.past.oldest(budget);
    const span = this.room.time.span(this.room.store.t, this.oldest(), false, true);
    const isZoomed = !this.room.time.isLive();
    const pins = this.room.address.get("pin") ?? "";
    const asked = isZoomed ? `${span.from} ${span.to}` : String(Math.round(span.to - span.from));
    const isDue = !isZoomed && performance.now() - this.askedAt > ASK_MS;
    if (isKnown && !this.isAsking && (isDue || asked + pins !== this.askedFor)) {
      this.askedFor = asked + pins;
      void this.ask(span.from, span.to);
    }
    this.draw();
  }

  private oldest(): number {
    return this.since;
  }

  private async ask(from: number, to: number): Promise<void> {
    this.isAsking = true;
    this.askedAt = performance.now();
    try {
      this.picture = await distribution(from, to, BINS, columnsOf(from, to));
      this.lines = await Promise.all(this.named().map((isolate) => this.lineOf(isolate, from, to)));
      this.draw();
    } catch {
      // the picture before stays; the next tick asks again
    } finally {
      this.isAsking = false;
    }
  }

  /** Those that rise, the soonest full first, and those that are pinned. */
  private named(): Isolate[] {
    const { store, pins } = this.room;
    const rising = store.isolates
      .filter((isolate, index) => !store.gone[index] && isRising(isolate))
      .sort((a, b) => (secondsToLimit(a) ?? Infinity) - (secondsToLimit(b) ?? Infinity))
      .slice(0, LINES);
    const pinned = pins.list().map((pin) => store.isolates[store.indexOf.get(pin.id) ?? -1]);
    return [...new Set([...pinned, ...rising])].filter((one): one is Isolate => one !== undefined);
  }

  private async lineOf(isolate: Isolate, from: number, to: number): Promise<Line> {
    const limit = isolate.heap?.limit;
    const step = Math.max(1, (to - from) / COLUMNS);
    const points: HistoryPoint[] = known(limit)
      ? await history(`isolate:${isolate.id}`, "heap.total", from, to, step).catch(() => [])
      : [];
    return {
      name: shortName(cleanName(nameOf(isolate))),
      colour: this.room.pins.of(isolate.id)?.colour ?? "rising",
      points: points.map(([t, , , most]) => [t, most / (limit ?? 1)]),
    };
  }

  private draw(): void {
    const { picture } = this;
    if (!picture) return;
    const xs = picture.counts.map((_column, i) => picture.from + (i + 0.5) * picture.step);
    this.plot.show({
      data: [xs, xs.map(() => null)],
      from: picture.from,
      to: picture.to,
      max: Math.max(1, picture.high) * 1.06,
    });
    const last = picture.counts[picture.counts.length - 1] ?? [];
    const all = last.reduce((sum, value) => sum + value, 0);
    const high = last.reduce((sum, value, bin) => sum + (bin * picture.high >= 0.75 * BINS ? value : 0), 0);
    const rising = this.lines.filter((line) => line.colour === "rising");
    const rise = rising.length ? `, rising: ${rising.map((line) => line.name).join(", ")}` : "";
    setAttribute(
      this.plot.host,
      "aria-label",
      `${count(all)} isolates, ${count(high)} above three quarters of their limit${rise}`,
    );
  }

  private paintCells({ plot, colours, ratio }: Paint): void {
    const { picture } = this;
    if (!picture) return;
    const most = Math.max(1, ...picture.counts.map((column) => Math.max(0, ...column)));
    const scale = Math.log(most + 1);
    const height = picture.high / picture.bins;
    plot.ctx.fillStyle = colours.heap;
    picture.counts.forEach((column, i) => {
      const left = plot.valToPos(picture.from + i * picture.step, "x", true);
      const right = plot.valToPos(picture.from + (i + 1) * picture.step, "x", true);
      column.forEach((value, bin) => {
        if (!value) return;
        const top = plot.valToPos((bin + 1) * height, "y", true);
        const bottom = plot.valToPos(bin * height, "y", true);
        plot.ctx.globalAlpha = 0.14 + (0.86 * Math.log(value + 1)) / scale;
        plot.ctx.fillRect(left, top, right - left, Math.max(ratio, bottom - top));
      });
    });
    plot.ctx.globalAlpha = 1;
  }

  private paintLines(paint: Paint): void {
    const { plot, colours, ratio } = paint;
    const { left, width } = plot.bbox;
    const c = plot.ctx;
    const limit = plot.valToPos(1, "y", true);
    c.fillStyle = colours.text;
    c.fillRect(left, limit - 0.75 * ratio, width, 1.5 * ratio);
    paintLabel(paint, "each isolate's own limit", [left + 6 * ratio, limit + 15 * ratio], colours.text, true);
    c.beginPath();
    c.rect(left, 0, width, plot.height * ratio);
    c.clip();
    let taken = -Infinity;
    for (const line of this.lines) {
      const path = new Path2D();
      line.points.forEach(([t, share], i) => {
        const at: [number, number] = [plot.valToPos(t, "x", true), plot.valToPos(share, "y", true)];
        if (i) path.lineTo(...at);
        else path.moveTo(...at);
      });
      c.lineJoin = "round";
      c.strokeStyle = colours.panel;
      c.lineWidth = 4 * ratio;
      c.stroke(path);
      c.strokeStyle = colours[line.colour];
      c.lineWidth = 1.8 * ratio;
      c.stroke(path);
      const end = line.points[line.points.length - 1];
      if (!end) continue;
      const y = plot.valToPos(end[1], "y", true) - 8 * ratio;
      if (Math.abs(y - taken) < 14 * ratio) continue;
      taken = y;
      const x = Math.min(left + width - 6 * ratio, plot.valToPos(end[0], "x", true));
      const text = line.colour === "rising" ? "rising-text" : line.colour;
      paintLabel(paint, line.name, [x, y], colours[text], true, "right");
    }
  }

  /** Forty bins are too many columns to read: how many stand in each quarter of their limit. */
  private quarters(): [Sheet, string[]] {
    const { counts = [], from = 0, step = 1, bins = 1, high = 1 } = this.picture ?? {};
    const heads = ["below_25_%", "25_to_50_%", "50_to_75_%", "75_to_100_%", "above"];
    const rows = counts.map((column, i) => {
      const sums = heads.map(() => 0);
      column.forEach((value, bin) => {
        const quarter = Math.min(4, Math.floor((4 * (bin + 0.5) * high) / bins));
        sums[quarter] = (sums[quarter] ?? 0) + value;
      });
      return [from + i * step, ...sums];
    });
    return [{ heads: ["time", ...heads], rows }, heads];
  }

  private savePng(): void {
    const canvas = this.plot.canvas();
    const { picture } = this;
    if (!canvas || !picture) return;
    const range = `${day(picture.from)} ${clock(picture.from, true)} to ${clock(picture.to, true)}`;
    savePng("fleet", canvas, "Every isolate, memory of its own limit", range);
  }

  private saveCsv(): void {
    const { picture } = this;
    if (!picture) return;
    const edge = (bin: number): string => `${((100 * bin * picture.high) / picture.bins).toFixed(1)}%`;
    const heads = ["time", ...Array.from({ length: picture.bins }, (_none, bin) => `from_${edge(bin)}`)];
    const rows = picture.counts.map((column, i) => [picture.from + i * picture.step, ...column]);
    saveCsv("fleet", heads, rows);
  }

  private readOut(t: number | null, share: number): void {
    const { picture } = this;
    const column = t === null || !picture ? -1 : Math.floor((t - picture.from) / picture.step);
    const counts = picture?.counts[column];
    if (!picture || !counts || t === null) return setText(this.line, HINT);
    const bin = Math.min(picture.bins - 1, Math.max(0, Math.floor((share / picture.high) * picture.bins)));
    const low = (100 * bin * picture.high) / picture.bins;
    const high = (100 * (bin + 1) * picture.high) / picture.bins;
    const many = counts[bin] ?? 0;
    setText(
      this.line,
      `${clock(t, true)}   ${count(many)} at ${low.toFixed(0)}–${high.toFixed(0)} %   max of ${Math.round(picture.step)} s`,
    );
  }
}
