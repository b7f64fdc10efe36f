/*
 * One line on how good the data is and what watching costs: who reports, how old the newest sample
 * is, what was lost, whether the past is kept, whether notifiers get through, and the daemon's own
 * share of a processor and memory. What is wrong stands out; the rest is in the Processes view.
 */
import { el, setAttribute, setHidden, setText } from "../parts/dom";
import { bytesText, cleanName, count, span } from "../data/format";
import { Counts } from "../data/judge";
import { known } from "../data/protocol";
import { Disk, Emitter, Notifier, figureOf, historyOf, listOf } from "../data/status";
import { Store } from "../data/store";

const COST_MIN_SECONDS = 5;

interface Fact {
  node: HTMLElement;
  strong: HTMLElement;
}

/** The daemon's share of a processor, from two looks at the time it took. */
export class OwnCost {
  private at = { t: 0, seconds: NaN };
  /** Of one core; NaN until it is known. */
  share = NaN;

  look(t: number, cpuSeconds: number): void {
    const passed = t - this.at.t;
    if (passed < COST_MIN_SECONDS) return;
    const share = (cpuSeconds - this.at.seconds) / passed;
    this.at = { t, seconds: cpuSeconds };
    this.share = share >= 0 ? share : NaN; // a daemon that began anew counts from 0
  }
}

export class Health {
  private readonly facts = new Map<string, Fact>();
  readonly node = el("footer", { class: "health", "aria-label": "Data health" });

  constructor(
    private readonly store: Store,
    private readonly own: OwnCost,
  ) {}

  render(counts: Counts, ageSeconds: number): void {
    const { status } = this.store;
    this.fact("reporting", "Isolates reporting", `${count(counts.living - counts.stale)} of ${count(counts.living)}`);
    this.fact("age", "Newest sample", `${ageSeconds < 3 ? "under 3 s" : span(ageSeconds)} old`);
    this.emitters(listOf<Emitter>(status.emitters));
    const lost = figureOf(status.events_lost);
    this.fact("lost", "Events lost", count(lost), (lost ?? 0) > 0);
    this.history();
    this.notifiers(listOf<Notifier>(status.notifiers));
    this.fact("cost", "Own cost", this.cost());
  }

  private emitters(emitters: Emitter[]): void {
    const away = emitters.filter((emitter) => !emitter.connected && !hasEnded(emitter)).length;
    const many = count(emitters.length);
    const words = away ? `${many}, ${count(away)} of them not connected` : many;
    this.fact("emitters", "Emitters", emitters.length ? words : "", away > 0);
  }

  private history(): void {
    const { bytes, oldest, disk } = historyOf(this.store.status);
    const back = known(oldest) ? `, ${span(this.store.t - oldest)} back` : "";
    const trouble = diskTrouble(disk);
    const size = known(disk.bytes) ? disk.bytes : bytes;
    this.fact("history", "History", known(size) ? `${bytesText(size)}${back}${trouble}` : "", trouble !== "");
  }

  private notifiers(notifiers: Notifier[]): void {
    const failing = notifiers.filter((notifier) => known(notifier.failing_since));
    const [first] = failing;
    if (first) this.fact("notifiers", "Notifiers", `${cleanName(first.name)} cannot be told of alerts`, true);
    else this.fact("notifiers", "Notifiers", notifiers.length ? `${count(notifiers.length)} working` : "");
  }

  private cost(): string {
    const { status, t } = this.store;
    const cpu = figureOf(status.cpu_seconds);
    const rss = figureOf(status.rss);
    if (known(cpu)) this.own.look(t, cpu);
    const words: string[] = [];
    if (!Number.isNaN(this.own.share)) words.push(`${shareText(this.own.share)} of a core`);
    if (known(rss)) words.push(bytesText(rss));
    return words.join(", ");
  }

  /** Kept where it is; hidden while there is nothing to tell. */
  private fact(id: string, label: string, strong: string, isBad = false): void {
    let fact = this.facts.get(id);
    if (!fact) {
      fact = { node: el("span"), strong: el("b") };
      fact.node.append(`${label} `, fact.strong);
      fact.node.dataset.fact = id;
      this.facts.set(id, fact);
      this.node.append(fact.node);
    }
    setHidden(fact.node, strong === "");
    setText(fact.strong, strong);
    setAttribute(fact.node, "data-tone", isBad ? "warning" : null);
  }
}

const hasEnded = (emitter: Emitter): boolean =>
  ["exited", "died", "oom"].includes(emitter.state ?? "");

export const shareText = (share: number): string => `${(100 * share).toFixed(1)}\u2009%`;

/** Why the past will be missing after a restart; nothing if it is kept. */
export function diskTrouble(disk: Disk): string {
  if (disk.state === "off") return ", in memory alone";
  if (disk.state !== "stopped") return "";
  return `, not written to disk${disk.error ? `: ${cleanName(disk.error)}` : ""}`;
}
