/*
 * One line on how good the data is and what watching costs: who reports, how old the newest sample
 * is, what was lost, and the daemon's own share of a processor and memory.
 */
import { el, setHidden, setText } from "./dom";
import { bytesText, count, span } from "./format";
import { Counts } from "./judge";
import { Figure, Status, known } from "./protocol";
import { Store } from "./store";

const number = (value: unknown): Figure => (typeof value === "number" ? value : null);

export class Health {
  private readonly facts = new Map<
    string,
    { node: HTMLElement; strong: HTMLElement; rest: Text }
  >();
  readonly node = el("footer", { class: "health", "aria-label": "Data health" });
  private cpuAt = { t: 0, seconds: NaN, share: NaN };

  constructor(private readonly store: Store) {}

  render(counts: Counts, ageSeconds: number): void {
    const { status } = this.store;
    const reporting = counts.living - counts.stale;
    this.fact(
      "reporting",
      `${count(reporting)} of ${count(counts.living)}`,
      ` isolates reporting, newest sample ${ageSeconds < 3 ? "under 3 s" : span(ageSeconds)} old`,
    );
    this.fact("ended", counts.ended ? count(counts.ended) : "", " ended lately");
    const lost = number(status.events_lost);
    this.fact("lost", count(lost), " events lost");
    const history = status.history as { bytes?: unknown; oldest?: unknown } | undefined;
    const kept = number(history?.bytes);
    this.fact("history", known(kept) ? bytesText(kept) : "", " of history");
    this.fact("cost", this.cost(status), " is what Isoscope itself takes");
  }

  private cost(status: Status): string {
    const cpu = number(status.cpu_seconds);
    const rss = number(status.rss);
    if (known(cpu)) {
      const passed = this.store.t - this.cpuAt.t;
      if (passed >= 5) {
        const share = (cpu - this.cpuAt.seconds) / passed;
        this.cpuAt = { t: this.store.t, seconds: cpu, share: share >= 0 ? share : NaN };
      }
    }
    const words: string[] = [];
    if (!Number.isNaN(this.cpuAt.share))
      words.push(`${(100 * this.cpuAt.share).toFixed(1)} % of a core`);
    if (known(rss)) words.push(bytesText(rss));
    return words.join(", ");
  }

  private fact(id: string, strong: string, rest: string): void {
    let fact = this.facts.get(id);
    if (!fact) {
      fact = { node: el("span"), strong: el("b"), rest: document.createTextNode("") };
      fact.node.append(fact.strong, fact.rest);
      this.facts.set(id, fact);
      this.node.append(fact.node);
    }
    setHidden(fact.node, strong === "");
    setText(fact.strong, strong);
    setText(fact.rest, rest);
  }
}
