/*
 * What is painted over the bands of the budget picture, in canvas pixels. Each function paints one
 * thing from data it is given and leaves the context as it found it, fill and stroke apart. Lines
 * carry their own label, so there is no key to look up.
 */
import type uPlot from "uplot";
import { bytesText, clock, span } from "../data/format";
import { Gap } from "../data/stack";
import { Palette, Token } from "../parts/theme";

export interface Paint {
  plot: uPlot;
  colours: Palette;
  font: string;
  narrow: boolean;
  ratio: number;
}

/** The rising part drawn on: from now at `value`, `perSecond` steep, over a straight floor. */
export interface Projection {
  value: number;
  floor: number;
  perSecond: number;
  meets: number | null;
  label: string;
}

export type MarkShape = "up" | "cross" | "down" | "dot";

export interface Mark {
  t: number;
  shape: MarkShape;
  colour: Token;
  label: string;
}

const x = (p: Paint, t: number): number => p.plot.valToPos(t, "x", true);
const y = (p: Paint, value: number): number => p.plot.valToPos(value, "y", true);

export function paintRule(
  p: Paint,
  from: [number, number],
  to: [number, number],
  stroke: string,
  width: number,
  dash: number[] = [],
): void {
  const c = p.plot.ctx;
  c.strokeStyle = stroke;
  c.lineWidth = width * p.ratio;
  c.setLineDash(dash.map((d) => d * p.ratio));
  c.beginPath();
  c.moveTo(...from);
  c.lineTo(...to);
  c.stroke();
  c.setLineDash([]);
}

/** Text on a halo of the panel's ground, so it reads over any band. */
export function paintLabel(
  p: Paint,
  text: string,
  at: [number, number],
  colour: string,
  bold: boolean,
  align: CanvasTextAlign = "left",
): void {
  const c = p.plot.ctx;
  c.font = `${bold ? "560 " : ""}${p.font.replace("11px", `${11 * p.ratio}px`)}`;
  c.textAlign = align;
  c.textBaseline = "alphabetic";
  c.lineJoin = "round";
  c.lineWidth = 4 * p.ratio;
  c.strokeStyle = p.colours.panel;
  c.strokeText(text, ...at);
  c.fillStyle = colour;
  c.fillText(text, ...at);
}

export function paintLimits(p: Paint, limit: number | null, headroom: number | null): void {
  if (limit === null) return;
  const { left, top, width } = p.plot.bbox;
  const ceiling = p.plot.scales.y?.max ?? limit;
  if (limit > ceiling) {
    const text = `Limit ${bytesText(limit)} lies above`;
    return paintLabel(p, text, [left + 6 * p.ratio, top - 6 * p.ratio], p.colours["text-2"], false);
  }
  const rule = (
    value: number,
    colour: string,
    thick: number,
    dash: number[],
    below: boolean,
    text: string,
  ): void => {
    const at = y(p, value);
    paintRule(p, [left, at], [left + width, at], colour, thick, dash);
    const shift = (below ? 14 : -6) * p.ratio;
    paintLabel(p, text, [left + 6 * p.ratio, at + shift], colour, !below);
  };
  if (headroom !== null && headroom > 0) {
    const text = `Head-room line ${bytesText(limit - headroom)}`;
    rule(limit - headroom, p.colours.warning, 1.2, [6, 4], true, text);
  }
  rule(limit, p.colours.text, 1.5, [], false, `Limit ${bytesText(limit)}`);
}

/** Their length stands in words over the highest value there is. */
export function paintGaps(p: Paint, gaps: Gap[], peak: number): void {
  const c = p.plot.ctx;
  const { top, height, left, width } = p.plot.bbox;
  for (const gap of gaps) {
    const from = Math.max(left, x(p, gap.from));
    const to = Math.min(left + width, x(p, gap.to));
    if (to - from < 1) continue;
    c.save();
    c.beginPath();
    c.rect(from, top, to - from, height);
    c.clip();
    c.fillStyle = p.colours.panel;
    c.fillRect(from, top, to - from, height);
    for (let at = from - height; at < to; at += 7 * p.ratio) {
      paintRule(p, [at, top + height], [at + height, top], p.colours.border, 2);
    }
    c.restore();
    if (p.narrow) continue;
    const text = `no data, ${span(gap.to - gap.from)}`;
    paintLabel(
      p,
      text,
      [(from + to) / 2, y(p, peak) - 8 * p.ratio],
      p.colours["text-2"],
      false,
      "center",
    );
  }
}

/** A line through values over time, broken where there is none. */
export function paintEdge(p: Paint, xs: number[], values: (number | null)[], colour: string): void {
  const c = p.plot.ctx;
  const { left, top, width, height } = p.plot.bbox;
  c.save();
  c.beginPath();
  c.rect(left, top, width, height);
  c.clip();
  c.beginPath();
  let isBroken = true;
  xs.forEach((t, i) => {
    const value = values[i] ?? null;
    if (value !== null) c[isBroken ? "moveTo" : "lineTo"](x(p, t), y(p, value));
    isBroken = value === null;
  });
  c.lineWidth = 2 * p.ratio;
  c.lineJoin = "round";
  c.strokeStyle = colour;
  c.stroke();
  c.restore();
}

/** Where a band ends: its isolate is no more, and its memory is back. */
export interface End {
  t: number;
  value: number;
  colour: Token;
}

export function paintEnds(p: Paint, ends: End[]): void {
  const s = 4 * p.ratio;
  for (const { t, value, colour } of ends) {
    const [at, height] = [x(p, t), y(p, value)];
    if (at < p.plot.bbox.left) continue;
    for (const [stroke, width] of [[p.colours.panel, 5], [p.colours[colour], 2]] as const) {
      paintRule(p, [at - s, height - s], [at + s, height + s], stroke, width);
      paintRule(p, [at - s, height + s], [at + s, height - s], stroke, width);
    }
  }
}

/** Between two edges from `since` on: a value that is only remembered. */
export function paintRemembered(
  p: Paint,
  xs: number[],
  low: (number | null)[],
  high: (number | null)[],
  since: number,
  fill: string | CanvasPattern,
): void {
  const at = xs.flatMap((t, i) => (t >= since && (high[i] ?? null) !== null ? [i] : []));
  if (at.length < 2) return;
  const c = p.plot.ctx;
  c.beginPath();
  for (const i of at) c.lineTo(x(p, xs[i] as number), y(p, high[i] ?? 0));
  for (const i of at.reverse()) c.lineTo(x(p, xs[i] as number), y(p, low[i] ?? 0));
  c.closePath();
  c.fillStyle = fill;
  c.fill();
}

/** Nothing is known from before `oldest`: the ground says so, and the words. */
export function paintBeginning(p: Paint, oldest: number, words: string): void {
  const { left, top, width, height } = p.plot.bbox;
  const end = Math.min(left + width, x(p, oldest));
  if (end - left < 2) return;
  p.plot.ctx.fillStyle = p.colours.shade;
  p.plot.ctx.fillRect(left, top, end - left, height);
  paintRule(p, [end, top], [end, top + height], p.colours.control, 1, [2, 3]);
  if (end - left < 150 * p.ratio) return;
  const text = `${words} ${clock(oldest, false)}`;
  paintLabel(p, text, [end - 8 * p.ratio, top + height - 10 * p.ratio], p.colours["text-2"], false, "right");
}

export function paintFuture(p: Paint, now: number, projection: Projection | null): void {
  const c = p.plot.ctx;
  const { left, top, width, height } = p.plot.bbox;
  const start = x(p, now);
  const end = left + width;
  c.fillStyle = p.colours.shade;
  c.fillRect(start, top, end - start, height);
  if (!projection) return;
  c.save();
  c.beginPath();
  c.rect(start, top, end - start, height);
  c.clip();
  const ahead = p.plot.posToVal((end - left) / p.ratio, "x") - now;
  const endY = y(p, projection.value + projection.perSecond * ahead);
  c.beginPath();
  c.moveTo(start, y(p, projection.value));
  c.lineTo(end, endY);
  c.lineTo(end, y(p, projection.floor));
  c.lineTo(start, y(p, projection.floor));
  c.closePath();
  c.globalAlpha = 0.16;
  c.fillStyle = p.colours.rising;
  c.fill();
  c.globalAlpha = 1;
  paintRule(p, [start, y(p, projection.value)], [end, endY], p.colours.rising, 1.5, [4, 3]);
  c.restore();
  paintMeeting(p, now, projection, end);
  if (!p.narrow) {
    paintLabel(
      p,
      "projected",
      [start + 8 * p.ratio, top + height - 8 * p.ratio],
      p.colours["text-2"],
      false,
    );
  }
}

/** The moment the limit is met, if it lies in the picture. */
function paintMeeting(p: Paint, now: number, projection: Projection, end: number): void {
  if (projection.meets === null) return;
  const at = x(p, projection.meets);
  if (at > end) return;
  const c = p.plot.ctx;
  const { top, height } = p.plot.bbox;
  const value = y(p, projection.value + projection.perSecond * (projection.meets - now));
  paintRule(p, [at, value], [at, top + height], p.colours.rising, 1, [2, 3]);
  c.beginPath();
  c.arc(at, value, 4 * p.ratio, 0, 2 * Math.PI);
  c.fillStyle = p.colours.panel;
  c.fill();
  c.strokeStyle = p.colours.rising;
  c.lineWidth = 2 * p.ratio;
  c.stroke();
  if (p.narrow) return;
  const text = `${projection.label}, ${clock(projection.meets, false)}`;
  const isEarly = at - x(p, now) < 130 * p.ratio;
  const where: [number, number] = [at + (isEarly ? -4 : 4) * p.ratio, value - 11 * p.ratio];
  paintLabel(p, text, where, p.colours["rising-text"], true, isEarly ? "left" : "right");
}

export function paintNow(p: Paint, now: number, text: string): void {
  const { top, height, left, width } = p.plot.bbox;
  const at = x(p, now);
  paintRule(p, [at, top], [at, top + height + 4 * p.ratio], p.colours.text, 1);
  const atEdge = at > left + width - 24 * p.ratio;
  const where: [number, number] = [at + (atEdge ? 8 * p.ratio : 0), top + height + 17 * p.ratio];
  paintLabel(p, text, where, p.colours.text, true, atEdge ? "right" : "center");
}

/** One sign each in the lane under the axis; its words to the right where they fit. */
export function paintMarks(p: Paint, marks: Mark[]): void {
  const c = p.plot.ctx;
  const { left, top, width, height } = p.plot.bbox;
  const lane = top + height + 33 * p.ratio;
  paintRule(p, [left, lane], [left + width, lane], p.colours.grid, 1);
  if (!p.narrow)
    paintLabel(
      p,
      "events",
      [left - 8 * p.ratio, lane + 4 * p.ratio],
      p.colours["text-3"],
      false,
      "right",
    );
  let free = -Infinity;
  for (let i = marks.length - 1; i >= 0; i--) {
    const mark = marks[i] as Mark;
    const at = x(p, mark.t);
    if (at < left || at > left + width) continue;
    paintShape(p, mark, at, lane);
  }
  for (const mark of marks) {
    const at = x(p, mark.t);
    if (p.narrow || at < Math.max(left, free) || at > left + width) continue;
    c.font = p.font.replace("11px", `${11 * p.ratio}px`);
    const end = at + 14 * p.ratio + c.measureText(mark.label).width;
    const next = marks.find((other) => other.t > mark.t && x(p, other.t) > at + 2);
    if (end > left + width || (next && end > x(p, next.t) - 8 * p.ratio)) continue;
    paintLabel(p, mark.label, [at + 10 * p.ratio, lane + 4 * p.ratio], p.colours["text-2"], false);
    free = end;
  }
}

function paintShape(p: Paint, mark: Mark, at: number, lane: number): void {
  const c = p.plot.ctx;
  const s = 5 * p.ratio;
  c.strokeStyle = c.fillStyle = p.colours[mark.colour];
  c.lineWidth = 1.8 * p.ratio;
  c.beginPath();
  if (mark.shape === "dot") c.arc(at, lane, 3 * p.ratio, 0, 2 * Math.PI);
  if (mark.shape === "cross") {
    c.moveTo(at - s * 0.7, lane - s * 0.7);
    c.lineTo(at + s * 0.7, lane + s * 0.7);
    c.moveTo(at + s * 0.7, lane - s * 0.7);
    c.lineTo(at - s * 0.7, lane + s * 0.7);
    return c.stroke();
  }
  if (mark.shape === "up" || mark.shape === "down") {
    const tip = mark.shape === "up" ? -s : s;
    c.moveTo(at, lane + tip);
    c.lineTo(at + s, lane - tip);
    c.lineTo(at - s, lane - tip);
    c.closePath();
  }
  c.fill();
}
