/*
 * Four figures of an isolate beside its heap, each with a line of its own: external memory from the
 * history, the longest pause from its collections, how busy it is and what waits for it as this page
 * saw them. Zero is the floor of each line.
 */
import { Value, el, setText } from "../parts/dom";
import { Quantity, UNKNOWN, bytes, bytesText, count, join, percent, seconds, span as spanWords } from "../data/format";
import { Figure, Isolate, known } from "../data/protocol";
import { Series } from "../data/series";
import { palette } from "../parts/theme";
import { Room } from "../parts/view";
import { Span } from "../data/window";

const SAMPLES = 900;
const WIDTH = 240;
const HEIGHT = 30;

/** A figure with its line. */
class Gauge {
  private readonly value = new Value("v");
  private readonly canvas = el("canvas", { class: "gaugeline", "aria-hidden": "true" });
  private readonly remark = el("p", { class: "remark" });
  private at: number | null = null;
  private points: [number, number][] = [];
  private shown: Span = { from: 0, to: 1 };
  readonly node: HTMLElement;

  constructor(label: string) {
    this.node = el("div", { class: "panel gauge" }, el("h2", {}, label), this.value.node, this.canvas, this.remark);
  }

  /** The moment that is pointed at in the charts above. Not through a new frame: a chart that moves
   * under a resting pointer would ask for one after the other. */
  point(at: number | null): void {
    if (at === this.at) return;
    this.at = at;
    this.paint();
  }

  show(quantity: Quantity, why: string, points: [number, number][], shown: Span, words: string): void {
    this.value.set(quantity, why);
    setText(this.remark, words);
    this.points = points;
    this.shown = shown;
    this.paint();
  }

  private paint(): void {
    const { points, shown } = this;
    const context = this.canvas.getContext("2d");
    const ratio = devicePixelRatio;
    const width = this.canvas.clientWidth || WIDTH;
    if (!context) return;
    const [w, h] = [Math.round(width * ratio), Math.round(HEIGHT * ratio)];
    if (this.canvas.width !== w) this.canvas.width = w;
    if (this.canvas.height !== h) this.canvas.height = h;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, HEIGHT);
    const inside = points.filter(([t]) => t >= shown.from && t <= shown.to);
    if (!inside.length) return;
    const most = inside.reduce((top, [, value]) => Math.max(top, value), 0) || 1;
    const x = (t: number): number => 1 + ((t - shown.from) / (shown.to - shown.from)) * (width - 6);
    const y = (value: number): number => HEIGHT - 3 - (value / most) * (HEIGHT - 7);
    context.strokeStyle = context.fillStyle = palette().heap;
    context.lineWidth = 1.4;
    context.lineJoin = "round";
    context.beginPath();
    inside.forEach(([t, value], i) => (i ? context.lineTo(x(t), y(value)) : context.moveTo(x(t), y(value))));
    context.stroke();
    const { at } = this;
    const before = at === null ? [] : inside.filter(([t]) => t <= at);
    const [t, value] = (before[before.length - 1] ?? inside[inside.length - 1]) as [number, number];
    if (before.length) context.fillRect(Math.round(x(t)), 0, 1 / ratio, HEIGHT);
    context.beginPath();
    context.arc(x(t), y(value), 2, 0, 2 * Math.PI);
    context.fill();
  }
}

export class Gauges {
  private readonly external = new Gauge("External");
  private readonly pause = new Gauge("Collection pause, last");
  private readonly busy = new Gauge("Busy");
  private readonly queue = new Gauge("Queue");
  private series: Series | null = null;
  private readonly seen = {
    pause: [] as [number, number][],
    busy: [] as [number, number][],
    queue: [] as [number, number][],
  };
  readonly node = el(
    "div",
    { class: "gauges" },
    this.external.node,
    this.pause.node,
    this.busy.node,
    this.queue.node,
  );

  constructor(private readonly room: Room) {}

  turn(id: string): void {
    this.series = new Series(`isolate:${id}`, "external", () => this.room.request());
    for (const points of Object.values(this.seen)) points.length = 0;
  }

  point(t: number | null): void {
    for (const gauge of [this.external, this.pause, this.busy, this.queue]) gauge.point(t);
  }

  render(isolate: Isolate | null, shown: Span): void {
    this.series?.want(shown.from, shown.to, WIDTH);
    const points = (this.series?.points ?? []).map(([t, , , most]): [number, number] => [t, most]);
    this.external.show(bytes(isolate?.external), "not known to its emitter", points, shown, trend(points));
    const { gc, messages } = isolate ?? {};
    this.sample("pause", gc?.last_pause);
    this.sample("busy", isolate?.event_loop_utilization);
    this.sample("queue", messages?.queued);
    const { seen } = this;
    const began = isolate?.started_at;
    const share =
      known(gc?.seconds) && known(began) && this.room.store.t > began
        ? `${((100 * gc.seconds) / (this.room.store.t - began)).toFixed(1)} % of its life`
        : "";
    this.pause.show(seconds(gc?.last_pause), "no collection was seen yet", seen.pause, shown, share);
    const busy = percent(isolate?.event_loop_utilization, 1);
    this.busy.show(busy, "not known to its emitter", seen.busy, shown, "drawn since this page is open");
    const waiting = messages?.queued;
    const age = messages?.oldest_queued_seconds;
    const words = [`${bytesText(messages?.queued_bytes)} waiting`];
    if (known(age) && age > 0) words.push(`oldest ${age < 1 ? join(seconds(age)) : spanWords(age)}`);
    this.queue.show(
      known(waiting) ? { text: count(waiting), unit: waiting === 1 ? "message" : "messages" } : UNKNOWN,
      "not known to its emitter",
      seen.queue,
      shown,
      words.join(", "),
    );
  }

  private sample(name: keyof Gauges["seen"], figure: Figure): void {
    const points = this.seen[name];
    const { t } = this.room.store;
    if (!known(figure) || points[points.length - 1]?.[0] === t) return;
    points.push([t, figure]);
    if (points.length > SAMPLES) points.shift();
  }
}

/** First and last quarter held against each other. */
function trend(points: [number, number][]): string {
  if (points.length < 8) return "";
  const quarter = Math.floor(points.length / 4);
  const mean = (list: [number, number][]): number =>
    list.reduce((sum, [, value]) => sum + value, 0) / list.length;
  const before = mean(points.slice(0, quarter));
  const after = mean(points.slice(-quarter));
  if (Math.abs(after - before) <= 0.1 * Math.max(before, after)) return "flat";
  return after > before ? `was ${bytesText(before)}` : `down from ${bytesText(before)}`;
}
