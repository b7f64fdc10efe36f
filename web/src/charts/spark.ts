/*
 * A word-sized line of live heap after collection. All rows share one time range; the scale of
 * each is its own baseline from 0.55 to 1.45 of it, so flat lies in the middle of every row and
 * any slope is a finding. The band behind is what counts as flat. One canvas a row.
 */
import { Past } from "../data/past";
import { Palette, palette } from "../parts/theme";

const RANGES = [60, 120, 180, 300, 420, 600, 900];
const EDGE = 5; // pixels to the right, for the dot
const MARGIN = 3; // pixels above and below
const LOW = 0.55;
const HIGH = 1.45;

export interface SparkLook {
  baseline: number | null;
  band: number;
  rising: boolean;
}

export interface SparkPlace extends SparkLook {
  id: string;
  /** It ends with `to`, or less than a pixel later, and tells of the seconds of `range`. */
  to: number;
  range: number;
  width: number;
  height: number;
}

/**
 * One line on a canvas. It moves by whole pixels, and is drawn again only when it would look
 * otherwise: every second is far more than a line needs that moves a pixel in ten.
 */
export class SparkLine {
  private key = "";
  private scale: Scale | null = null;
  private colours: Palette | null = null;

  /** The canvas has another size: nothing is on it any more. */
  forget(): void {
    this.colours = null;
  }

  /** `top` in pixels of the page, from the top of the canvas. */
  draw(context: CanvasRenderingContext2D, past: Past, place: SparkPlace, top = 0): void {
    const { id, range, width, height, baseline, band, rising } = place;
    const step = range / Math.max(1, width - EDGE);
    const to = Math.ceil(place.to / step) * step;
    const key = [id, to, range, width, height, top, baseline, band, rising, past.filled].join();
    const isSame = key === this.key && this.colours === palette();
    if (isSame && this.isNear(past.latest(id), height)) return;
    this.key = key;
    this.colours = palette();
    const ratio = devicePixelRatio;
    context.setTransform(ratio, 0, 0, ratio, 0, top * ratio);
    context.clearRect(0, 0, width, height);
    this.scale = paintLine(context, past, { ...place, to });
  }

  /** Nothing came since, or nothing that would stand higher or lower by a pixel. */
  private isNear(latest: number, height: number): boolean {
    if (Number.isNaN(latest)) return true;
    if (!this.scale) return false;
    const pixel = (this.scale.high - this.scale.low) / (height - 2 * MARGIN);
    return Math.abs(latest - this.scale.last) < pixel / 2;
  }
}

/** With a canvas of its own. */
export class Spark {
  readonly node = document.createElement("canvas");
  private readonly context = this.node.getContext("2d");
  private readonly line = new SparkLine();
  private width = 0;
  private height = 0;

  constructor() {
    this.node.className = "spark";
    this.node.setAttribute("aria-hidden", "true");
    sparks.set(this.node, this);
    sizes.observe(this.node);
  }

  /** Its row is no more. */
  end(): void {
    sizes.unobserve(this.node);
  }

  resize(width: number, height: number): void {
    if (width === this.width && height === this.height) return;
    this.width = width;
    this.height = height;
    this.node.width = Math.round(width * devicePixelRatio);
    this.node.height = Math.round(height * devicePixelRatio);
    this.line.forget();
  }

  draw(past: Past, id: string, to: number, range: number, look: SparkLook): void {
    const { context, width, height } = this;
    if (context && width) this.line.draw(context, past, { id, to, range, width, height, ...look });
  }
}

const sparks = new WeakMap<Element, Spark>();
/** Asking for the size of each while rows are written would lay the page out once more. */
const sizes = new ResizeObserver((entries) => {
  for (const { target, contentRect } of entries)
    if (contentRect.width) sparks.get(target)?.resize(contentRect.width, contentRect.height);
});

/** How many seconds a line tells of, where so much is known: seldom another, so that it moves by pixels. */
export function sparkRange(known: number): number {
  return RANGES.find((range) => range >= known) ?? (RANGES[RANGES.length - 1] as number);
}

/** Into the rectangle of that size at the context's origin. What it stands on; null where nothing is known. */
function paintLine(context: CanvasRenderingContext2D, past: Past, place: SparkPlace): Scale | null {
  const { width, height } = place;
  const points = reduce(past, place, width - EDGE);
  if (!points.length) return null;
  const scale = scaleOf(points, place.baseline);
  const y = (value: number): number =>
    height - MARGIN - ((value - scale.low) / (scale.high - scale.low)) * (height - 2 * MARGIN);
  paintBand(context, width, scale.base, place.band, y);
  paintPoints(context, points, y, place.rising);
  return scale;
}

function paintBand(
  context: CanvasRenderingContext2D,
  width: number,
  base: number,
  band: number,
  y: (v: number) => number,
): void {
  context.globalAlpha = 0.16;
  context.fillStyle = palette().ok;
  const top = y(base * (1 + band));
  context.fillRect(0, top, width, Math.max(2.5, y(base * (1 - band)) - top));
  context.globalAlpha = 1;
}

function paintPoints(
  context: CanvasRenderingContext2D,
  points: Point[],
  y: (v: number) => number,
  rising: boolean,
): void {
  context.strokeStyle = context.fillStyle = rising ? palette().rising : palette().heap;
  context.lineWidth = 1.5;
  context.lineJoin = "round";
  context.beginPath();
  points.forEach((point, i) => {
    const at = y(point.value);
    if (i === 0 || point.broken) context.moveTo(point.x + 1, at);
    else context.lineTo(point.x + 1, at);
  });
  context.stroke();
  const last = points[points.length - 1] as Point;
  context.beginPath();
  context.arc(last.x + 1, y(last.value), 2, 0, 2 * Math.PI);
  context.fill();
}

interface Point {
  x: number;
  value: number;
  /** Nothing was known before it: the line starts anew. */
  broken: boolean;
}

/** The lowest and highest of every pixel column, so no collection is averaged away. */
function reduce(past: Past, { id, to, range }: SparkPlace, width: number): Point[] {
  const from = to - range;
  const column = past.column(id);
  const points: Point[] = [];
  if (!column) return points;
  let broken = false;
  let pixel = -1;
  for (let i = 0; i < past.length; i++) {
    const slot = past.at(i);
    const t = past.t[slot] as number;
    if (t < from) continue;
    const value = column[slot] as number;
    if (Number.isNaN(value)) {
      broken = true;
      pixel = -1;
      continue;
    }
    const x = Math.min(width, Math.floor(((t - from) / range) * width));
    const last = points[points.length - 1];
    if (x === pixel && last && last.value === value) continue;
    points.push({ x, value, broken: broken && points.length > 0 });
    pixel = x;
    broken = false;
  }
  return points;
}

interface Scale {
  low: number;
  high: number;
  base: number;
  /** The value the line ends with. */
  last: number;
}

function scaleOf(points: Point[], baseline: number | null): Scale {
  let most = 0;
  let least = Infinity;
  for (const point of points) {
    most = Math.max(most, point.value);
    least = Math.min(least, point.value);
  }
  const base = baseline ?? (points[0] as Point).value;
  const low = Math.min(LOW * base, least);
  const high = Math.max(HIGH * base, most * 1.02, low + 1);
  return { low, high, base, last: (points[points.length - 1] as Point).value };
}
