/*
 * What to do: one card an alert, the pressing ones first, advice below them; what only might become
 * one is not shown. New and ended alerts are said once in the page's live region.
 */
import { AlertCard, CardContext } from "./alertcard";
import { el, panel, setHidden, setText } from "../parts/dom";
import { bytesText, cleanName, clock, shortName, splitSentence } from "../data/format";
import { nameById } from "../data/judge";
import { Keyed } from "../parts/keyed";
import { Advice } from "../data/lists";
import { Alert } from "../data/protocol";
import { Room } from "../parts/view";

const WEIGHT: Record<string, number> = { critical: 3, warning: 2, info: 1 };
const FIRING_MAX = 3;
const RESOLVED_MAX = 1;

/** Firing before over, silenced after the others of its kind. */
export function urgency(alert: Alert): number {
  const weight = WEIGHT[alert.severity ?? ""] ?? 0;
  return (alert.state === "firing" ? 10 : 0) + weight - (alert.silence ? 0.5 : 0);
}

export const byUrgency = (a: Alert, b: Alert): number =>
  urgency(b) - urgency(a) || (b.since ?? 0) - (a.since ?? 0);

/** Cards kept by their alert, in this order; a list that several places show. */
export class CardList {
  private advice = new Map<string, Advice>();
  private readonly cards: Keyed<Alert, AlertCard>;
  readonly node = el("div", { class: "cards" });

  constructor(context: CardContext) {
    this.cards = new Keyed(
      this.node,
      (alert) => new AlertCard(context, alert.id),
      (card, alert) => card.show(alert, this.advice.get(alert.id)),
    );
  }

  show(shown: Alert[], advice: Map<string, Advice>): void {
    this.advice = advice;
    this.cards.show(shown, (alert) => alert.id);
  }
}

export const byAlert = (advice: Advice[] | null): Map<string, Advice> =>
  new Map((advice ?? []).map((one) => [one.id, one]));

export class Alerts {
  private readonly nothing = el("p", { class: "nothing" });
  private readonly more = el("a", { class: "foot", href: "#/alerts" });
  private readonly spoken = new Map<string, string>();
  private readonly cards: CardList;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.more.hidden = true;
    this.cards = new CardList({ store: room.store, lists: room.lists, isLong: false });
    this.node = panel(
      { id: "todo-title", title: "What to do", kind: "todo" },
      [
        el("span", { class: "grow" }),
        el("a", { class: "link", href: "#/alerts" }, "All alerts"),
      ],
      this.nothing,
      this.cards.node,
      this.more,
    );
  }

  /** An alert of its own event may come before the tick that carries it. */
  announce(alert: Alert): void {
    const state = alert.state ?? "";
    if (this.spoken.get(alert.id) === state || state === "pending") return;
    const isKnown = this.spoken.has(alert.id);
    this.spoken.set(alert.id, state);
    const [title] = splitSentence(cleanName(alert.summary ?? alert.rule ?? ""));
    if (state === "firing") this.room.say(`Alert: ${title}`);
    else if (isKnown) this.room.say(`Resolved: ${title}`);
  }

  render(): void {
    const { lists, store } = this.room;
    lists.advice.want();
    const all = [...store.alerts.values()]
      .filter((alert) => alert.state !== "pending")
      .sort(byUrgency);
    const firing = all.filter((alert) => alert.state === "firing").length;
    const shown = [...all.slice(0, Math.min(firing, FIRING_MAX)), ...all.slice(firing, firing + RESOLVED_MAX)];
    for (const alert of shown) this.announce(alert);
    this.cards.show(shown, byAlert(lists.advice.value));
    setHidden(this.nothing, firing > 0);
    setText(this.nothing, `Nothing. No rule is firing.${this.lastAction()}`);
    setHidden(this.more, firing <= FIRING_MAX);
    setText(this.more, `and ${firing - FIRING_MAX} more`);
  }

  /** What was done last, so that "nothing" is no mystery. */
  private lastAction(): string {
    const [last] = (this.room.lists.recycles.value ?? []).slice(-1);
    if (!last || typeof last.reclaimed !== "number") return "";
    const who = shortName(cleanName(nameById(this.room.store, String(last.isolate ?? ""))));
    return ` Last action: ${who} recycled at ${clock(last.t, false)}, freed ${bytesText(last.reclaimed)}.`;
  }
}
