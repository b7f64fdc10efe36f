/*
 * Live heap job by job, as the detector sees it: a dot a job, the band that counts as flat, the
 * detector's own line from the job at which the rise began, the job at which it was sure. The x axis
 * counts jobs, so a pause in the traffic does not bend the slope.
 */
import { Job, jobsOf } from "../data/api";
import { byteLabels, byteTicks } from "./axis";
import { ChartTable, sheetTable } from "./charttable";
import { el, panel, setAttribute, setText } from "../parts/dom";
import { Sheet, exportButtons, savePng, saveSheet } from "../parts/export";
import { bytesText, change, cleanName, clock, count, join, shortName } from "../data/format";
import { nameOf } from "../data/judge";
import { Paint, paintLabel, paintRule } from "./paint";
import { Plot } from "./plot";
import { Isolate, known } from "../data/protocol";
import { Room } from "../parts/view";
import { Span } from "../data/window";

const KEPT = 6000;
const ASKED = 3000;
const OVERLAP_SECONDS = 2;
const HINT = "what the detector sees";
const LANE = 18;
const UNMARKED = "message";

type Dot = Job & { number: number; live_after: number };

export class JobChart {
  private readonly line = el("output", { class: "readout" });
  private readonly nothing = el("p", { class: "nothing" });
  private readonly plot: Plot;
  private readonly table = new ChartTable("the jobs", () =>
    sheetTable(this.sheet(), ["job", "seconds"]),
  );
  private id = "";
  private all: Job[] = [];
  private dots: Dot[] = [];
  private isolate: Isolate | null = null;
  private askedFor = -1;
  private isAsking = false;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.plot = new Plot(
      {
      label: "Live heap job by job",
      isTime: false,
      series: (colours) => [
        {
          stroke: "transparent",
          paths: () => null,
          points: { show: true, size: 4, width: 0, fill: `${colours.heap}b0`, stroke: "transparent" },
        },
      ],
      xTicks: jobTicks,
      xLabels: (ticks) => ticks.map((tick) => count(tick)),
      yTicks: byteTicks,
      yLabels: (ticks) => byteLabels(ticks, null),
      under: (paint) => this.paintBand(paint),
      over: (paint) => this.paintLine(paint),
      hover: (number) => this.pointed(this.readOut(this.nearest((dot) => dot.number, number))),
      zoom: (from, to) => this.zoom(from, to),
      unzoom: () => room.time.unzoom(),
      },
      LANE,
    );
    this.node = panel(
      { id: "jobs-title", title: "Live heap, job by job", kind: "chartpanel" },
      [
        el("span", { class: "remark" }, HINT),
        el("span", { class: "grow" }),
        this.line,
        exportButtons("the jobs", () => this.savePng(), () => saveSheet(this.title(), this.sheet())),
        this.table.button,
      ],
      this.plot.host,
      this.nothing,
      this.table.node,
    );
  }

  turn(id: string): void {
    this.id = id;
    this.all = [];
    this.dots = [];
    this.askedFor = -1;
  }

  repaint(): void {
    this.plot.repaint();
  }

  render(isolate: Isolate | null, span: Span): void {
    this.isolate = isolate;
    const jobs = isolate?.jobs ?? 0;
    if (jobs !== this.askedFor && !this.isAsking) void this.ask(jobs);
    const name = isolate?.drift?.job ?? "";
    this.dots = this.all.filter(
      (job): job is Dot =>
        known(job.number) &&
        known(job.live_after) &&
        (!name || job.name === name) &&
        job.t >= span.from &&
        job.t <= span.to,
    );
    const has = this.dots.length > 1;
    this.plot.host.hidden = !has;
    this.nothing.hidden = has;
    setText(this.nothing, nothingWords(jobs, this.all));
    if (has) this.draw();
  }

  private draw(): void {
    const first = this.dots[0] as Dot;
    const last = this.dots[this.dots.length - 1] as Dot;
    let peak = this.isolate?.heap?.baseline ?? 0;
    for (const dot of this.dots) peak = Math.max(peak, dot.live_after);
    this.plot.show({
      data: [this.dots.map((dot) => dot.number), this.dots.map((dot) => dot.live_after)],
      from: first.number,
      to: Math.max(last.number, first.number + 1),
      max: peak * 1.1 + 1,
    });
    const slope = this.isolate?.drift?.bytes_per_job;
    const words = known(slope) ? `, ${join(change(slope))} a job` : "";
    setAttribute(
      this.plot.host,
      "aria-label",
      `Live heap of ${count(this.dots.length)} jobs: ${bytesText(first.live_after)} to ${bytesText(last.live_after)}${words}`,
    );
  }

  private async ask(jobs: number): Promise<void> {
    this.isAsking = true;
    const { id } = this;
    const last = this.all[this.all.length - 1];
    try {
      const fresh = await jobsOf(id, last ? last.t - OVERLAP_SECONDS : 0, ASKED);
      if (id !== this.id) return;
      const seen = new Set(fresh.map((job) => job.number));
      this.all = [...this.all.filter((job) => !seen.has(job.number)), ...fresh]
        .sort((a, b) => (a.number ?? 0) - (b.number ?? 0))
        .slice(-KEPT);
      this.askedFor = jobs;
    } catch {
      this.askedFor = jobs; // ended long ago: its jobs are not kept
    } finally {
      this.isAsking = false;
      this.room.request();
    }
  }

  private paintBand(paint: Paint): void {
    const { plot, colours, ratio } = paint;
    const baseline = this.isolate?.heap?.baseline;
    if (!known(baseline) || baseline <= 0) return;
    const band = this.isolate?.drift?.band ?? 0;
    const top = plot.valToPos(baseline * (1 + band), "y", true);
    const bottom = plot.valToPos(baseline * (1 - band), "y", true);
    const { left, width } = plot.bbox;
    plot.ctx.globalAlpha = 0.2;
    plot.ctx.fillStyle = colours.ok;
    plot.ctx.fillRect(left, top, width, Math.max(2.5 * ratio, bottom - top));
    plot.ctx.globalAlpha = 1;
    const text = `baseline ${bytesText(baseline)} ± ${Math.round(100 * band)} %`;
    const isLow = plot.bbox.top + plot.bbox.height - bottom < 24 * ratio;
    const y = isLow ? top - 6 * ratio : bottom + 14 * ratio;
    paintLabel(paint, text, [left + width - 6 * ratio, y], colours.ok, false, "right");
  }

  /** The line the detector holds, not one of the page's own. */
  private paintLine(paint: Paint): void {
    const { bbox } = paint.plot;
    const under = bbox.top + bbox.height + 33 * paint.ratio;
    const name = this.isolate?.drift?.job ?? "";
    const job = name && name !== UNMARKED ? `${shortName(cleanName(name))} job number` : "job number";
    paintLabel(paint, job, [bbox.left + bbox.width / 2, under], paint.colours["text-3"], false, "center");
    const drift = this.isolate?.drift;
    if (drift?.state !== "rising") return;
    const { intercept, onset_job: onset, detected_job: detected, bytes_per_job: slope } = drift;
    if (!known(intercept) || !known(onset) || !known(slope)) return;
    const { plot, colours, ratio } = paint;
    const { left, top, width, height } = plot.bbox;
    const c = plot.ctx;
    const last = (this.dots[this.dots.length - 1] as Dot).number;
    const y = (number: number): number => plot.valToPos(intercept + slope * (number - onset), "y", true);
    const x = (number: number): number => plot.valToPos(number, "x", true);
    c.save();
    c.beginPath();
    c.rect(left, top - 4 * ratio, width, height + 4 * ratio);
    c.clip();
    paintRule(paint, [x(onset), y(onset)], [x(last), y(last)], colours.rising, 2);
    c.restore();
    const middle = Math.max(onset, (onset + last) / 2);
    paintLabel(
      paint,
      `${join(change(slope))} a job`,
      [Math.max(x(middle) - 10 * ratio, left + 90 * ratio), y(middle) - 12 * ratio],
      colours["rising-text"],
      true,
      "right",
    );
    if (!known(detected)) return;
    const at = x(detected);
    if (at < left || at > left + width) return;
    paintRule(paint, [at, top], [at, top + height], colours.rising, 1, [2, 3]);
    const isEarly = at < left + 0.4 * width;
    const words = `sure at job ${count(detected)}`;
    paintLabel(paint, words, [at + (isEarly ? 6 : -6) * ratio, top + 10 * ratio], colours["rising-text"], false, isEarly ? "left" : "right");
  }

  /** From jobs to the minutes in which they were done: all charts zoom together. */
  private zoom(from: number, to: number): void {
    const inside = this.dots.filter((dot) => dot.number >= from && dot.number <= to);
    const [first, last] = [inside[0], inside[inside.length - 1]];
    if (first && last && last.t > first.t)
      this.room.time.zoom({ from: first.t - 0.1, to: last.t + 0.1 }, this.room.store.t);
  }

  /** Somebody points at a job here: at the moment it was done. */
  pointed: (t: number | null) => void = () => undefined;

  /** Somebody points at a moment elsewhere. */
  point(t: number | null): void {
    const dot = this.nearest((one) => one.t, t);
    this.plot.point(dot?.number ?? null);
    this.readOut(dot);
  }

  private nearest(of: (dot: Dot) => number, wanted: number | null): Dot | undefined {
    let best: Dot | undefined;
    if (wanted !== null)
      for (const dot of this.dots)
        if (!best || Math.abs(of(dot) - wanted) < Math.abs(of(best) - wanted)) best = dot;
    return best;
  }

  private readOut(dot: Dot | undefined): number | null {
    const words = dot
      ? `job ${count(dot.number)}, ${clock(dot.t, true)}   live ${bytesText(dot.live_after)}`
      : "";
    setText(this.line, words);
    return dot?.t ?? null;
  }

  private title(): string {
    return `Live heap by job of ${this.isolate ? nameOf(this.isolate) : "an isolate"}`;
  }

  private savePng(): void {
    const canvas = this.plot.canvas();
    const [first, last] = [this.dots[0], this.dots[this.dots.length - 1]];
    if (canvas && first && last)
      savePng(this.title(), canvas, this.title(), `jobs ${count(first.number)} to ${count(last.number)}`);
  }

  private sheet(): Sheet {
    return {
      heads: ["time", "job", "name", "seconds", "live_after"],
      rows: this.dots.map((dot) => [dot.t, dot.number, dot.name ?? "", dot.seconds ?? null, dot.live_after]),
    };
  }
}

function jobTicks(from: number, to: number, px: number): number[] {
  const most = Math.max(2, Math.min(8, Math.floor(px / 70)));
  let step = 1;
  while ((to - from) / step > most) step *= String(step).startsWith("2") ? 2.5 : 2;
  const ticks: number[] = [];
  for (let tick = Math.ceil(from / step) * step; tick <= to; tick += step) ticks.push(tick);
  return ticks;
}

function nothingWords(jobs: number, all: Job[]): string {
  if (!jobs) return "It has done no job yet. A job is a message it handles, or what isoscope.job() marks.";
  if (!all.some((job) => known(job.live_after)))
    return "No collection followed a job yet, so what stays after jobs is not known.";
  return "No job in this stretch of time.";
}
