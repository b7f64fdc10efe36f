/*
 * The budget picture itself: uPlot with one series a band, painted back to front with opaque
 * fills, and what uPlot does not know painted over it: limit and head-room lines, holes, now, the
 * projection and the lane of marks. Owned by the hero panel. The plot is made anew when the bands
 * change, never on a tick.
 */
import uPlot from "uplot";
import { Ceiling, byteLabels, byteTicks, timeLabels, timeTicks } from "./axis";
import { bytesText, clock } from "./format";
import {
  Mark,
  Paint,
  Projection,
  paintFuture,
  paintGaps,
  paintLimits,
  paintMarks,
  paintNow,
} from "./paint";
import { Band, Picture } from "./stack";
import { Palette, palette } from "./theme";

export interface View {
  bands: Band[];
  picture: Picture;
  from: number;
  to: number;
  now: number;
  limit: number | null;
  headroom: number | null;
  /** The axis ends at what is used and not at the limit. */
  fits: boolean;
  projection: Projection | null;
  marks: Mark[];
}

export interface ChartEvents {
  /** The time under the pointer, null when it left. */
  hover(t: number | null, value: number): void;
  zoom(from: number, to: number): void;
  unzoom(): void;
}

const LANE = 20;
const NARROW = 560;

export class Chart {
  private plot: uPlot | null = null;
  private signature = "";
  private width = 0;
  private height = 0;
  private view: View | null = null;
  private readonly ceiling = new Ceiling();

  constructor(
    private readonly host: HTMLElement,
    private readonly events: ChartEvents,
  ) {
    new ResizeObserver(() => this.resize()).observe(host);
  }

  /** Where the host is too narrow for words beside signs. Known from the last resize: asking the
   * document while it is being written would lay it out once more. */
  isNarrow(): boolean {
    return this.width < NARROW;
  }

  plotWidth(): number {
    return Math.max(1, this.plot ? this.plot.bbox.width / devicePixelRatio : this.width);
  }

  plotHeight(): number {
    return this.height - LANE - 24;
  }

  /** Where a value stands, in pixels from the top of the host; for labels beside the plot. */
  yOf(value: number): number {
    return this.plot ? this.plot.valToPos(value, "y") + this.plot.bbox.top / devicePixelRatio : 0;
  }

  show(view: View): void {
    this.view = view;
    const signature = [
      this.isNarrow(),
      ...view.bands.map((band) => `${band.kind} ${band.id}`),
    ].join("|");
    if (!this.plot || signature !== this.signature) this.build(signature);
    this.plot?.batch(() => {
      this.plot?.setData(this.data(view), false);
      this.plot?.setScale("x", { min: view.from, max: view.to });
      this.plot?.setScale("y", {
        min: 0,
        max: this.ceiling.for(view.fits ? null : view.limit, this.peak(view), view.now),
      });
    });
  }

  /** Colours were changed: everything that was read from them is read again. */
  repaint(): void {
    this.signature = "";
    if (this.view) this.show(this.view);
  }

  moveCursor(t: number | null): void {
    const plot = this.plot;
    if (!plot) return;
    plot.setCursor({ left: t === null ? -10 : plot.valToPos(t, "x"), top: t === null ? -10 : 1 });
  }

  private peak({ picture }: View): number {
    let peak = 0;
    const edge = picture.tops[picture.tops.length - 1] ?? [];
    for (const value of edge) if (value !== null && value > peak) peak = value;
    for (const value of picture.used) if (value !== null && value > peak) peak = value;
    return peak;
  }

  /** Back to front: the highest edge first, so every lower band covers its part. */
  private data(view: View): uPlot.AlignedData {
    return [view.picture.x, ...[...view.picture.tops].reverse(), this.shortfall(view.picture)];
  }

  /** What the kernel counts, where the parts add up to something else. */
  private shortfall(picture: Picture): (number | null)[] {
    const edge = picture.tops[picture.tops.length - 1] ?? [];
    return picture.used.map((used, i) => {
      const top = edge[i];
      return used !== null && Math.abs(used - (top ?? 0)) > used * 0.03 ? used : null;
    });
  }

  /** While another view is shown it has no size, and keeps the one it had for its return. */
  private resize(): void {
    if (!this.host.clientWidth) return;
    this.width = this.host.clientWidth;
    this.height = this.host.clientHeight;
    if (this.plot) this.plot.setSize({ width: this.width, height: this.height });
    else if (this.view) this.show(this.view);
  }

  private build(signature: string): void {
    const view = this.view;
    this.plot?.destroy();
    this.plot = null; // made for other bands: it must not be given these
    if (!view || !this.width) return;
    this.signature = signature;
    this.plot = new uPlot(this.options(view), this.data(view), this.host);
    this.plot.over.addEventListener("dblclick", () => this.events.unzoom());
  }

  private options(view: View): uPlot.Options {
    const colours = palette();
    const narrow = this.isNarrow();
    const font = `11px ${getComputedStyle(this.host).fontFamily}`;
    return {
      width: this.width,
      height: this.height,
      padding: [narrow ? 18 : 20, narrow ? 8 : 12, LANE, 0],
      legend: { show: false },
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false },
      },
      scales: { x: { time: true, auto: false }, y: { auto: false } },
      series: [{}, ...this.series(view.bands, colours)],
      axes: this.axes(colours, font, narrow),
      hooks: {
        draw: [(plot) => this.paint(plot, colours, font, narrow)],
        setCursor: [(plot) => this.report(plot)],
        setSelect: [(plot) => this.select(plot)],
      },
    };
  }

  private series(bands: Band[], colours: Palette): uPlot.Series[] {
    let heaps = 0;
    const series = bands.map((band): uPlot.Series => {
      const fill = fillOf(band, colours, band.kind === "heap" ? heaps++ : 0);
      return { fill, stroke: colours.panel, width: 1, points: { show: false }, spanGaps: false };
    });
    const kernel: uPlot.Series = {
      stroke: colours.text,
      width: 1.3,
      dash: [2, 3],
      points: { show: false },
      spanGaps: false,
    };
    return [...series.reverse(), kernel];
  }

  private axes(colours: Palette, font: string, narrow: boolean): uPlot.Axis[] {
    const common = { stroke: colours["text-3"], font, ticks: { show: false } };
    return [
      {
        ...common,
        size: 24,
        gap: 6,
        grid: { show: false },
        splits: (plot, _axis, min, max) => timeTicks(min, max, plot.bbox.width / devicePixelRatio),
        values: (plot, ticks) =>
          timeLabels(ticks, this.view?.now ?? 0, this.view?.to ?? 0, this.clearance(plot)),
      },
      {
        ...common,
        size: narrow ? 56 : 60,
        gap: 8,
        grid: { stroke: colours.grid, width: 1 },
        splits: (_plot, _axis, _min, max) => byteTicks(max),
        values: (_plot, ticks) =>
          byteLabels(ticks, this.view?.fits ? null : (this.view?.limit ?? null)),
      },
    ];
  }

  /** Seconds beside "now" in which no other label fits. */
  private clearance(plot: uPlot): number {
    const view = this.view;
    if (!view) return 0;
    return (44 * (view.to - view.from) * devicePixelRatio) / Math.max(1, plot.bbox.width);
  }

  private paint(plot: uPlot, colours: Palette, font: string, narrow: boolean): void {
    const view = this.view;
    if (!view) return;
    const paint: Paint = { plot, colours, font, narrow, ratio: devicePixelRatio };
    plot.ctx.save();
    paintGaps(paint, view.picture.gaps, this.peak(view));
    if (view.now < view.to) paintFuture(paint, view.now, view.projection);
    paintLimits(paint, view.limit, view.headroom);
    if (view.now <= view.to) paintNow(paint, view.now, clock(view.now, view.to - view.from < 900));
    paintMarks(paint, view.marks);
    plot.ctx.restore();
  }

  private report(plot: uPlot): void {
    const { left, top } = plot.cursor;
    if (left === undefined || top === undefined || left < 0) this.events.hover(null, 0);
    else this.events.hover(plot.posToVal(left, "x"), plot.posToVal(top, "y"));
  }

  private select(plot: uPlot): void {
    const { left, width } = plot.select;
    if (width < 8) return;
    this.events.zoom(plot.posToVal(left, "x"), plot.posToVal(left + width, "x"));
    plot.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }
}

function fillOf(band: Band, colours: Palette, alternate: number): string | CanvasPattern {
  switch (band.kind) {
    case "heap":
      return alternate % 2 ? colours.heap : colours["heap-2"];
    case "others":
      return colours.heap;
    case "external":
      return colours.external;
    case "shared":
      return colours.shared;
    case "in_flight":
      return colours["in-flight"];
    case "rising":
      return colours.rising;
    case "unattributed":
      return hatch(colours.unattributed, colours.raised);
  }
}

/** Diagonal lines on an opaque ground: measured, but not explained. */
export function hatch(line: string, ground: string): CanvasPattern | string {
  const tile = document.createElement("canvas");
  const size = Math.round(6 * devicePixelRatio);
  tile.width = tile.height = size;
  const context = tile.getContext("2d");
  if (!context) return line;
  context.fillStyle = ground;
  context.fillRect(0, 0, size, size);
  context.strokeStyle = line;
  context.lineWidth = 1.6 * devicePixelRatio;
  for (const shift of [-size, 0, size]) {
    context.beginPath();
    context.moveTo(shift - 1, size + 1);
    context.lineTo(shift + size + 1, -1);
    context.stroke();
  }
  return context.createPattern(tile, "repeat") ?? line;
}

/** The sentence a person would say of this picture. */
export function spoken(used: number | null, limit: number | null, rising: string[]): string {
  const amount =
    limit === null ? `${bytesText(used)} used` : `${bytesText(used)} of ${bytesText(limit)} used`;
  if (!rising.length) return `Memory budget over time: ${amount}, nothing is rising.`;
  return `Memory budget over time: ${amount}, rising: ${rising.join(", ")}.`;
}
