/*
 * The budget picture itself: one series a band, painted back to front with opaque fills, and what
 * uPlot does not know painted over it: limit and head-room lines, holes, now, the projection and the
 * lane of marks. Owned by the hero panel. The plot is made anew when the bands change, never on a
 * tick.
 */
import type uPlot from "uplot";
import { Ceiling, byteLabels, byteTicks, timeLabels, timeTicks } from "./axis";
import { bytesText, clock } from "../data/format";
import {
  End,
  Mark,
  Paint,
  Projection,
  paintBeginning,
  paintEdge,
  paintEnds,
  paintFuture,
  paintGaps,
  paintLimits,
  paintMarks,
  paintNow,
  paintRemembered,
} from "./paint";
import { Plot, PlotOwner } from "./plot";
import { Band, Picture } from "../data/stack";
import { Palette, Token } from "../parts/theme";

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
  /** Nothing is kept of what was before. */
  oldest: number;
  /** Which bands are pinned, and in what colour. */
  pins: { at: number; colour: Token }[];
  /** Which bands have not been heard of since when. */
  stale: { at: number; since: number }[];
  ends: End[];
}

export type ChartEvents = Pick<PlotOwner, "hover" | "zoom" | "unzoom" | "pan" | "click" | "hold">;

const LANE = 20;
const NOW_ROOM = 44; // pixels beside "now" in which no other label fits

export class Chart {
  private view: View | null = null;
  private readonly ceiling = new Ceiling();
  readonly plot: Plot;

  constructor(events: ChartEvents) {
    const labels = (ticks: number[]): string[] => {
      const { from = 0, to = 0, now = 0 } = this.view ?? {};
      const clearance = (NOW_ROOM * (to - from)) / this.plot.plotWidth();
      return timeLabels(ticks, now, to, clearance);
    };
    this.plot = new Plot(
      {
        ...events,
        label: "Memory budget over time",
        isTime: true,
        series: (colours) => this.series(colours),
        xTicks: timeTicks,
        xLabels: labels,
        yTicks: byteTicks,
        yLabels: (ticks) => byteLabels(ticks, this.view?.fits ? null : (this.view?.limit ?? null)),
        over: (paint) => this.paint(paint),
      },
      LANE,
    );
  }

  show(view: View): void {
    this.view = view;
    const series = view.bands.map((band) => `${band.kind} ${band.id}`).join("|");
    const limit = view.fits ? null : view.limit;
    const max = this.ceiling.for(limit, this.peak(view), view.now);
    this.plot.show({ data: this.data(view), from: view.from, to: view.to, max }, series);
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

  private series(colours: Palette): uPlot.Series[] {
    let heaps = 0;
    const common = { points: { show: false }, spanGaps: false };
    const series = (this.view?.bands ?? []).map((band): uPlot.Series => {
      const fill = fillOf(band, colours, band.kind === "heap" ? heaps++ : 0);
      return { ...common, fill, stroke: colours.panel, width: 1 };
    });
    const kernel = { ...common, stroke: colours.text, width: 1.3, dash: [2, 3] };
    return [...series.reverse(), kernel];
  }

  private paint(paint: Paint): void {
    const view = this.view;
    if (!view) return;
    const { x, tops } = view.picture;
    for (const { at, since } of view.stale) {
      const fill = hatch(paint.colours.heap, paint.colours.raised);
      paintRemembered(paint, x, tops[at - 1] ?? x.map(() => 0), tops[at] ?? [], since, fill);
    }
    for (const { at, colour } of view.pins)
      paintEdge(paint, x, tops[at] ?? [], paint.colours[colour]);
    paintGaps(paint, view.picture.gaps, this.peak(view));
    paintEnds(paint, view.ends);
    if (view.oldest > view.from) paintBeginning(paint, view.oldest, "nothing is kept before");
    if (view.now < view.to) paintFuture(paint, view.now, view.projection);
    paintLimits(paint, view.limit, view.headroom);
    if (view.now <= view.to) paintNow(paint, view.now, clock(view.now, view.to - view.from < 900));
    paintMarks(paint, view.marks);
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
function hatch(line: string, ground: string): CanvasPattern | string {
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
