/*
 * A word-sized line of live heap after collection. All rows share one time range; the scale of
 * each is its own baseline from 0.55 to 1.45 of it, so flat lies in the middle of every row and
 * any slope is a finding. The band behind is what counts as flat. One canvas a row.
 */
import { Past } from "../data/past";
import { palette } from "../parts/theme";

const LOW = 0.55;
const HIGH = 1.45;

export interface SparkLook {
  baseline: number | null;
  band: number;
  rising: boolean;
}

/** What is far from the screen is not drawn; near it, it is drawn before it comes into sight. */
const sparks = new WeakMap<Element, Spark>();
const watcher = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) sparks.get(entry.target)?.see(entry.isIntersecting);
  },
  { rootMargin: "600px" },
);

export class Spark {
  readonly node = document.createElement("canvas");
  private readonly context = this.node.getContext("2d");
  private width = 0;
  private height = 0;
  private isSeen = true;

  constructor() {
    this.node.className = "spark";
    this.node.setAttribute("aria-hidden", "true");
    sparks.set(this.node, this);
    watcher.observe(this.node);
  }

  /** Its row is no more. */
  end(): void {
    watcher.unobserve(this.node);
  }

  see(isSeen: boolean): void {
    this.isSeen = isSeen;
  }

  /** Sizes are measured together before anything is drawn, so the page lays out once. */
  measure(): void {
    if (!this.isSeen) return;
    this.width = this.node.clientWidth;
    this.height = this.node.clientHeight;
  }

  draw(past: Past, id: string, from: number, to: number, look: SparkLook): void {
    const { context, width, height } = this;
    if (!context || !width || !this.isSeen) return;
    const ratio = devicePixelRatio;
    const w = Math.round(width * ratio);
    const h = Math.round(height * ratio);
    if (this.node.width !== w) this.node.width = w;
    if (this.node.height !== h) this.node.height = h;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    paintSpark(context, past, { id, from, to, width, height, ...look });
  }
}

export interface SparkPlace extends SparkLook {
  id: string;
  from: number;
  to: number;
  width: number;
  height: number;
}

/** Into the rectangle of that size at the context's origin. */
export function paintSpark(context: CanvasRenderingContext2D, past: Past, place: SparkPlace): void {
  const { width, height } = place;
  const points = reduce(past, place.id, place.from, place.to, width - 5);
  if (!points.length) return;
  const scale = scaleOf(points, place.baseline);
  const y = (value: number): number =>
    height - 3 - ((value - scale.low) / (scale.high - scale.low)) * (height - 6);
  paintBand(context, width, scale.base, place.band, y);
  paintLine(context, points, y, place.rising);
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

function paintLine(
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
function reduce(past: Past, id: string, from: number, to: number, width: number): Point[] {
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
    const x = Math.min(width, Math.floor(((t - from) / (to - from)) * width));
    const last = points[points.length - 1];
    if (x === pixel && last && last.value === value) continue;
    points.push({ x, value, broken: broken && points.length > 0 });
    pixel = x;
    broken = false;
  }
  return points;
}

function scaleOf(
  points: Point[],
  baseline: number | null,
): { low: number; high: number; base: number } {
  let most = 0;
  let least = Infinity;
  for (const point of points) {
    most = Math.max(most, point.value);
    least = Math.min(least, point.value);
  }
  const base = baseline ?? (points[0] as Point).value;
  const low = Math.min(LOW * base, least);
  const high = Math.max(HIGH * base, most * 1.02, low + 1);
  return { low, high, base };
}
