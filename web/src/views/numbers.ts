/*
 * The four numbers in the head: used of limit, what is left to the head-room line, how fast it
 * grows, and the isolates by state. Each keeps its place whatever it says.
 */
import { Value, el, setText } from "../parts/dom";
import { UNKNOWN, bytes, change, count, exactBytes, percent } from "../data/format";
import { Counts } from "../data/judge";
import { Budget, known } from "../data/protocol";
import { Trace } from "../data/trace";

const GROWTH_MAX_SECONDS = 900;
const GROWTH_MIN_SECONDS = 20;

export class Numbers {
  private readonly used = new Value("v");
  private readonly room = new Value("v");
  private readonly growth = new Value("v");
  private readonly isolates = new Value("v");
  private readonly states = el("span", { class: "aside" });
  private readonly growthLabel = el("dt", {}, "Growth");
  readonly node: HTMLElement;

  constructor() {
    const stat = (
      label: HTMLElement,
      value: Value,
      aside: HTMLElement | null = null,
    ): HTMLElement => el("div", { class: "stat" }, label, el("dd", {}, value.node, aside));
    this.node = el(
      "dl",
      { class: "stats" },
      stat(el("dt", {}, "Used of limit"), this.used),
      stat(el("dt", {}, "To head-room line"), this.room),
      stat(this.growthLabel, this.growth),
      stat(el("dt", {}, "Isolates"), this.isolates, this.states),
    );
  }

  render(budget: Budget | null, trace: Trace | undefined, counts: Counts): void {
    this.used.set(
      percent(budget?.used, budget?.limit),
      `${exactBytes(budget?.used)} of ${exactBytes(budget?.limit) || "an unknown limit"}`,
    );
    const isComplete = known(budget?.limit) && known(budget?.used);
    const room = isComplete
      ? (budget?.limit ?? 0) - (budget?.headroom ?? 0) - (budget?.used ?? 0)
      : null;
    this.room.setBytes(room, bytes(room), "no limit is known");
    this.renderGrowth(trace);
    this.isolates.set({ text: count(counts.living), unit: "" });
    setText(this.states, `${count(counts.rising)} rising, ${count(counts.stale)} stale`);
  }

  private renderGrowth(trace: Trace | undefined): void {
    const rate = trace ? growthOf(trace) : null;
    if (!rate) {
      setText(this.growthLabel, "Growth");
      this.growth.set(UNKNOWN, `known after ${GROWTH_MIN_SECONDS} s`);
      return;
    }
    const minutes = Math.round(rate.seconds / 60);
    setText(
      this.growthLabel,
      `Growth, ${minutes < 2 ? `${Math.round(rate.seconds / 10) * 10} s` : `${minutes} min`}`,
    );
    const perMinute = change(rate.bytesPerSecond * 60);
    this.growth.set(
      { ...perMinute, unit: perMinute.unit ? `${perMinute.unit}/min` : "" },
      exactBytes(Math.round(rate.bytesPerSecond * 60)),
    );
  }
}

/** The straight line through the samples of the last quarter of an hour (least squares). */
function growthOf(trace: Trace): { bytesPerSecond: number; seconds: number } | null {
  const end = trace.lastTime();
  let n = 0,
    sumT = 0,
    sumY = 0,
    sumTT = 0,
    sumTY = 0,
    first = end;
  for (let i = 0; i < trace.length; i++) {
    const slot = trace.at(i);
    const t = (trace.t[slot] as number) - end;
    const y = trace.used[slot] as number;
    if (t < -GROWTH_MAX_SECONDS || Number.isNaN(y)) continue;
    first = Math.min(first, t + end);
    n++;
    sumT += t;
    sumY += y;
    sumTT += t * t;
    sumTY += t * y;
  }
  const seconds = end - first;
  const spread = n * sumTT - sumT * sumT;
  if (seconds < GROWTH_MIN_SECONDS || spread <= 0) return null;
  return { bytesPerSecond: (n * sumTY - sumT * sumY) / spread, seconds };
}
