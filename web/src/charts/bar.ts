/*
 * The budget as one bar: what is used of the limit, by kind, with the head-room line on it. It is
 * the picture's present moment, and the key to its colours.
 */
import { el, setAttribute, setHidden } from "../parts/dom";
import { bytesText } from "../data/format";
import { Budget, known } from "../data/protocol";
import { BandKind } from "../data/stack";

const KINDS: BandKind[] = ["unattributed", "shared", "external", "heap", "in_flight", "rising"];

export class BudgetBar {
  private readonly segments = new Map<BandKind, HTMLElement>();
  private readonly headroom = el("b", { class: "headroom" });
  private readonly track = el("div", { class: "budgetbar", role: "img" });
  readonly node = this.track;

  constructor() {
    for (const kind of KINDS) {
      const segment = el("i", { "data-kind": kind });
      this.segments.set(kind, segment);
      this.track.append(segment);
    }
    this.track.append(this.headroom);
    this.track.hidden = true;
  }

  show(budget: Budget | null, rising: Set<string>): void {
    const limit = known(budget?.limit) ? budget.limit : null;
    setHidden(this.track, limit === null);
    if (!budget || limit === null) return;
    const sums = new Map<BandKind, number>();
    for (const part of budget.parts ?? []) {
      const kind = kindOf(part.kind, part.isolate ?? "", rising);
      if (known(part.bytes) && part.bytes > 0) sums.set(kind, (sums.get(kind) ?? 0) + part.bytes);
    }
    if (!sums.size && known(budget.used)) sums.set("heap", budget.used);
    const total = [...sums.values()].reduce((a, b) => a + b, 0);
    const whole = Math.max(limit, total);
    let left = 0;
    for (const [kind, segment] of this.segments) {
      const width = (100 * (sums.get(kind) ?? 0)) / whole;
      const gap = left > 0 && width > 0 ? 1 : 0; // of ground, a pixel
      segment.style.clipPath = `inset(0 ${(100 - left - width).toFixed(3)}% 0 calc(${left.toFixed(3)}% + ${gap}px))`;
      left += width;
    }
    const line = known(budget.headroom) ? limit - budget.headroom : limit;
    this.headroom.style.left = `${(100 * line) / whole}%`;
    setAttribute(this.track, "aria-label", `${bytesText(budget.used)} of ${bytesText(limit)} used`);
  }
}

function kindOf(kind: string, isolate: string, rising: Set<string>): BandKind {
  if (kind === "heap") return rising.has(isolate) ? "rising" : "heap";
  return kind === "others" ? "heap" : (kind as BandKind);
}
