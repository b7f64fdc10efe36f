/*
 * Alerts and advice: what fires, with its evidence, cause and what can be done; what nobody is told
 * of, and until when; what recycling brought; what fired before and is over.
 */
import { Route } from "../data/address";
import { CardList, byAlert, byUrgency } from "./alerts";
import { el, panel, reveal, setAttribute, setHidden, setText } from "../parts/dom";
import { exportButtons, saveCsv } from "../parts/export";
import { bytesText, cleanName, clock, count, splitSentence, utc } from "../data/format";
import { Keyed } from "../parts/keyed";
import { Advice } from "../data/lists";
import { Alert, Figure, known } from "../data/protocol";
import { Recycled, recycledPanel } from "./recycled";
import { Silences } from "./silences";
import { Steady } from "../parts/steady";
import { Trouble } from "../parts/trouble";
import { Room, View } from "../parts/view";

const CARDS_MAX = 50;
const PAST_MAX = 30;
const RECYCLES = 30;

interface PastLine {
  node: HTMLElement;
  cells: HTMLElement[];
}

export class AlertsView implements View {
  private readonly sentence = el("h1");
  private readonly evidence = el("p", { class: "evidence" });
  private readonly cards: CardList;
  private readonly nothing = el("p", { class: "nothing" });
  private readonly more = el("p", { class: "foot" });
  private readonly remark = el("span", { class: "remark" });
  private readonly noActions = el(
    "p",
    { class: "foot" },
    "Nothing can be done from here: http.allow_actions is false in the collector’s configuration.",
  );
  private readonly silences: Silences;
  private readonly recycled: Recycled;
  private readonly past: Keyed<Alert, PastLine>;
  private readonly pastBody = el("tbody");
  private readonly pastNothing = el("p", { class: "nothing" }, "No alert is over yet.");
  private readonly pastMore = el("p", { class: "foot" });
  private readonly pastTrouble: Trouble;
  private firing!: Steady;
  private over!: Steady;
  private advice = new Map<string, Advice>();
  /** Of the address, until it was found. */
  private named: string | null = null;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    const { store, lists } = room;
    this.cards = new CardList({ store, lists, isLong: true });
    this.silences = new Silences(room);
    this.recycled = recycledPanel(lists.recycles, store, RECYCLES, "recycles-title");
    this.pastTrouble = new Trouble("Alerts that are over", lists.resolved);
    this.past = new Keyed(this.pastBody, makeLine, (line, alert) => this.write(line, alert));
    this.node = this.layOut();
  }

  show({ id }: Route): void {
    this.named = id;
  }

  render(): void {
    const { store, lists } = this.room;
    lists.advice.want();
    lists.resolved.want();
    this.advice = byAlert(lists.advice.value);
    const all = [...store.alerts.values()];
    const firing = all.filter((alert) => alert.state === "firing").sort(byUrgency);
    const pending = all.filter((alert) => alert.state === "pending").length;
    this.tell(firing, pending);
    this.cards.show(firing.slice(0, CARDS_MAX), this.advice);
    if (this.named !== null && reveal(this.node, "data-alert", cleanName(this.named))) this.named = null;
    setText(this.remark, firing.length ? count(firing.length) : "");
    setHidden(this.nothing, firing.length > 0);
    setText(this.nothing, "Nothing is to be done.");
    setHidden(this.more, firing.length <= CARDS_MAX);
    setText(this.more, `and ${count(firing.length - CARDS_MAX)} more`);
    setHidden(this.noActions, store.status.allow_actions !== false);
    this.silences.render();
    this.recycled.render();
    this.renderPast(all);
    this.firing.look();
    this.over.look();
  }

  private tell(firing: Alert[], pending: number): void {
    const [first] = firing;
    const rules = new Set(firing.map((alert) => alert.rule)).size;
    const silenced = firing.filter((alert) => alert.silence).length;
    setText(
      this.sentence,
      first
        ? `${firing.length === 1 ? "One alert fires" : `${count(firing.length)} alerts fire`}`
        : "No alert fires",
    );
    const words = [
      firing.length > 1 ? `${count(rules)} ${rules === 1 ? "rule" : "rules"}` : "",
      silenced ? `${count(silenced)} silenced` : "",
      pending ? `${count(pending)} might become one` : "",
    ].filter(Boolean);
    setText(this.evidence, words.length ? `${words.join(", ")}.` : "");
  }

  /** What the stream still has of them is newer than what was asked for. */
  private renderPast(all: Alert[]): void {
    const isThere = this.pastTrouble.render();
    const known = new Map((this.room.lists.resolved.value ?? []).map((alert) => [alert.id, alert]));
    for (const alert of all) {
      if (alert.state === "resolved") known.set(alert.id, alert);
      else known.delete(alert.id);
    }
    const over = [...known.values()]
      .sort((a, b) => (b.resolved_at ?? b.since ?? 0) - (a.resolved_at ?? a.since ?? 0));
    this.past.show(over.slice(0, PAST_MAX), (alert) => alert.id);
    setHidden(this.pastMore, over.length <= PAST_MAX);
    setText(this.pastMore, `and ${count(over.length - PAST_MAX)} before`);
    setHidden(this.pastBody.parentElement as HTMLElement, !over.length);
    setHidden(this.pastNothing, !isThere || over.length > 0);
  }

  private write(line: PastLine, alert: Alert): void {
    const end = alert.resolved_at;
    const [title] = splitSentence(cleanName(alert.summary ?? alert.id));
    const words = [
      known(end) ? clock(end, true) : "—",
      cleanName(alert.rule),
      title,
      this.broughtWords(alert.id),
    ];
    setAttribute(line.node, "data-alert", cleanName(alert.id));
    words.forEach((text, at) => setText(line.cells[at] as HTMLElement, text));
    if (known(end)) (line.cells[0] as HTMLElement).title = utc(end);
  }

  private broughtWords(id: string): string {
    const advice = this.advice.get(id);
    if (!advice || !known(advice.measured)) return "—";
    return known(advice.expected_seconds)
      ? `${advice.measured.toFixed(1)}\u2009s/min`
      : bytesText(advice.measured);
  }

  /** Those that fire, those that might, those that are over. */
  private saveCsv(): void {
    const { store, lists } = this.room;
    const all = new Map([...(lists.resolved.value ?? []), ...store.alerts.values()].map((one) => [one.id, one]));
    const time = (t: Figure): string => (known(t) ? new Date(1000 * t).toISOString() : "");
    const rows = [...all.values()].map((one) => [
      one.id,
      one.rule ?? "",
      one.state ?? "",
      one.severity ?? "",
      time(one.since),
      time(one.resolved_at),
      one.summary ?? "",
    ]);
    saveCsv("alerts", ["id", "rule", "state", "severity", "since", "resolved_at", "summary"], rows);
  }

  private layOut(): HTMLElement {
    const files = exportButtons("the alerts", null, () => this.saveCsv());
    const table = el(
      "table",
      { class: "past", "aria-labelledby": "past-title" },
      el(
        "thead",
        {},
        el(
          "tr",
          {},
          el("th", { scope: "col", class: "c-at" }, "Over at"),
          el("th", { scope: "col", class: "c-rule" }, "Rule"),
          el("th", { scope: "col" }, "What it said"),
          el("th", { scope: "col", class: "num c-saved" }, "Saved"),
        ),
      ),
      this.pastBody,
    );
    const { advice, resolved } = this.room.lists;
    this.firing = new Steady(
      { isFilled: () => advice.version > 0 },
      this.nothing,
      this.cards.node,
      this.more,
      this.noActions,
    );
    const parts = [this.pastTrouble.node, table, this.pastNothing, this.pastMore];
    this.over = new Steady({ isFilled: () => resolved.version > 0 }, ...parts);
    return el(
      "div",
      { class: "view alertsview" },
      el("div", { class: "head" }, el("div", { class: "verdict" }, this.sentence, this.evidence)),
      el(
        "div",
        { class: "room" },
        el(
          "div",
          { class: "main" },
          panel(
            { id: "firing-title", title: "Firing", kind: "firing" },
            [this.remark, el("span", { class: "grow" }), files],
            this.firing.node,
          ),
          panel(
            { id: "past-title", title: "Over" },
            [],
            this.over.node,
          ),
        ),
        el("div", { class: "side" }, this.silences.node, this.recycled.node),
      ),
    );
  }
}

function makeLine(): PastLine {
  const cells = [
    el("td", { class: "c-at" }),
    el("td", { class: "c-rule" }),
    el("td", { class: "c-said", dir: "auto" }),
    el("td", { class: "num c-saved" }),
  ];
  return { node: el("tr", {}, ...cells), cells };
}
