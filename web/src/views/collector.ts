/*
 * The collector about itself: version and age, what it costs, what it keeps in memory and on disk,
 * black boxes, what it refused, and whether those it tells of alerts can be reached.
 */
import { el, panel, setAttribute, setHidden, setText } from "../parts/dom";
import { bytesText, cleanName, clock, count, span } from "../data/format";
import { OwnCost, diskTrouble, shareText } from "./health";
import { Keyed } from "../parts/keyed";
import { known } from "../data/protocol";
import { Notifier, figureOf, historyOf, listOf, partOf } from "../data/status";
import { Store } from "../data/store";

interface FactLine {
  value: HTMLElement;
  aside: HTMLElement;
  node: HTMLElement;
}

interface NotifierLine {
  node: HTMLElement;
  name: HTMLElement;
  state: HTMLElement;
  counts: HTMLElement;
}

export class CollectorPanel {
  private readonly facts = new Map<string, FactLine>();
  private readonly groups: Record<string, HTMLElement> = {
    itself: el("dl", { class: "figures" }),
    past: el("dl", { class: "figures" }),
    refused: el("dl", { class: "figures" }),
  };
  private readonly notifiers: Keyed<Notifier, NotifierLine>;
  private readonly nobody = el(
    "p",
    { class: "nothing" },
    "No notifier is configured: alerts are only shown here.",
  );
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly own: OwnCost,
  ) {
    const list = el("div", { class: "notifiers" });
    this.notifiers = new Keyed(list, makeNotifier, (line, one) => this.writeNotifier(line, one));
    const { itself, past, refused } = this.groups as Record<"itself" | "past" | "refused", HTMLElement>;
    this.node = el(
      "div",
      { class: "quarters" },
      quarter("own-title", "Isoscope itself", itself),
      quarter("kept-title", "What it keeps", past),
      quarter("refused-title", "What it refused", refused),
      quarter("told-title", "Whom it tells", list, this.nobody),
    );
  }

  render(): void {
    this.itself();
    this.past();
    this.refused();
    const notifiers = listOf<Notifier>(this.store.status.notifiers);
    this.notifiers.show(notifiers, (one) => `${one.kind} ${one.name}`);
    setHidden(this.nobody, notifiers.length > 0);
  }

  private itself(): void {
    const { status, t } = this.store;
    const since = figureOf(status.started_at);
    const tick = figureOf(status.tick_seconds);
    const isCostKnown = !Number.isNaN(this.own.share);
    this.fact("itself", "Version", cleanName(status.version ?? "—"), "");
    this.fact("itself", "Running", known(since) ? span(t - since) : "—", known(since) ? `since ${clock(since, true)}` : "");
    this.fact("itself", "Processor", isCostKnown ? shareText(this.own.share) : "—", isCostKnown ? "of one core, over 5 s" : "known after 5 s");
    this.fact("itself", "Memory", bytesText(figureOf(status.rss)), "resident");
    this.fact("itself", "Looks at everything", known(tick) ? `${Math.round(1000 * tick)}\u2009ms` : "—", "from one tick to the next");
    const canAct = status.allow_actions === true;
    this.fact("itself", "Actions", canAct ? "allowed" : "not allowed", canAct ? "" : "http.allow_actions is false");
  }

  private past(): void {
    const { status, t } = this.store;
    const { bytes, oldest, disk } = historyOf(status);
    const trouble = diskTrouble(disk).replace(/^, /, "");
    this.fact("past", "Reaches back", known(oldest) ? span(t - oldest) : "—", known(oldest) ? `to ${clock(oldest, true)}` : "");
    this.fact("past", "In memory", bytesText(bytes), "");
    this.fact("past", "On disk", bytesText(disk.bytes), trouble || (known(disk.saved_at) ? `saved ${span(t - disk.saved_at)} ago` : ""), trouble !== "");
    this.fact("past", "Points dropped", count(disk.dropped ?? 0), "", (disk.dropped ?? 0) > 0);
    const boxes = partOf(status, "blackbox");
    const last = typeof boxes.last === "string" ? cleanName(boxes.last.replace(/^.*\//, "")) : "";
    this.fact("past", "Black boxes", count(figureOf(boxes.written) ?? 0), last || "of processes that died");
    this.fact("past", "Journal", bytesText(figureOf(partOf(status, "journal").bytes)), "alerts and silences");
  }

  private refused(): void {
    const { status } = this.store;
    const line = (label: string, value: unknown, aside: string): void => {
      const figure = figureOf(value);
      this.fact("refused", label, count(figure), aside, (figure ?? 0) > 0);
    };
    this.fact("refused", "Events", count(figureOf(status.events)), "read since it started");
    line("Events lost", status.events_lost, "overwritten before they were read");
    line("Records", status.records_refused, "that could not be");
    line("Lines", status.lines_refused, "malformed");
    line("Emitters", status.emitters_refused, "turned away");
    line("Alerts dropped", status.alerts_dropped, "more than there is room for");
  }

  private fact(group: string, label: string, value: string, aside: string, isBad = false): void {
    const key = `${group} ${label}`;
    let fact = this.facts.get(key);
    if (!fact) {
      fact = { value: el("dd"), aside: el("span", { class: "small" }), node: el("div") };
      fact.node.append(el("dt", {}, label, fact.aside), fact.value);
      this.facts.set(key, fact);
      this.groups[group]?.append(fact.node);
    }
    setText(fact.value, value);
    setText(fact.aside, aside);
    setAttribute(fact.node, "data-tone", isBad ? "warning" : null);
  }

  private writeNotifier(line: NotifierLine, one: Notifier): void {
    const isFailing = known(one.failing_since);
    setText(line.name, `${cleanName(one.name)}, ${cleanName(one.kind)}`);
    const error = one.error ? `: ${cleanName(one.error)}` : "";
    const fails = isFailing ? `fails for ${span(this.store.t - (one.failing_since ?? 0))}${error}` : "";
    const works = known(one.delivered_at) ? `last told at ${clock(one.delivered_at, true)}` : "nothing to tell yet";
    setText(line.state, fails || works);
    setAttribute(line.node, "data-tone", isFailing ? "warning" : null);
    const lost = (one.rejected ?? 0) + (one.expired ?? 0) + (one.overflowed ?? 0);
    setText(
      line.counts,
      `${count(one.delivered ?? 0)} told, ${count(one.queued ?? 0)} waiting${lost ? `, ${count(lost)} given up` : ""}`,
    );
  }
}

function quarter(id: string, title: string, ...children: HTMLElement[]): HTMLElement {
  return panel({ id, title }, [], el("div", { class: "inner" }, ...children));
}

function makeNotifier(): NotifierLine {
  const name = el("bdi", { class: "nm", dir: "auto" });
  const state = el("p", { dir: "auto" });
  const counts = el("p", { class: "small" });
  return { node: el("div", { class: "notifier" }, name, state, counts), name, state, counts };
}
