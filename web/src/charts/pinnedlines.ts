/*
 * Live heaps of the pinned isolates as lines in another one's chart, each in the colour of its pin, to
 * be held against it. Owned by that chart.
 */
import { cleanName, shortName } from "../data/format";
import { nameById } from "../data/judge";
import { Paint, paintEdge, paintLabel } from "./paint";
import { Series } from "../data/series";
import { Room } from "../parts/view";
import { Span } from "../data/window";

export class PinnedLines {
  private readonly series = new Map<string, Series>();

  constructor(private readonly room: Room) {}

  /** `id` is whose chart it is: no line of its own. */
  want(id: string, { from, to }: Span, px: number): void {
    const pins = this.room.pins.list().filter((pin) => pin.id !== id);
    for (const known of this.series.keys())
      if (!pins.some((pin) => pin.id === known)) this.series.delete(known);
    for (const pin of pins) {
      let series = this.series.get(pin.id);
      series ??= new Series(`isolate:${pin.id}`, "heap.live", () => this.room.request());
      this.series.set(pin.id, series);
      series.want(from, to, px);
    }
  }

  all(): Series[] {
    return [...this.series.values()];
  }

  paint(paint: Paint): void {
    const { plot, colours, ratio } = paint;
    const { left, width } = plot.bbox;
    for (const [id, { points, step }] of this.series) {
      const pin = this.room.pins.of(id);
      const last = points[points.length - 1];
      if (!pin || !last) continue;
      const times = points.map(([t]) => t + step / 2);
      const colour = colours[pin.colour];
      paintEdge(paint, times, points.map(([, , mean]) => mean), colour);
      const x = Math.min(left + width, plot.valToPos(last[0], "x", true)) - 6 * ratio;
      const y = plot.valToPos(last[2], "y", true) - 7 * ratio;
      const name = shortName(cleanName(nameById(this.room.store, id)));
      paintLabel(paint, `${name} live`, [x, y], colour, true, "right");
    }
  }
}
