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
import { Steady, isMovable } from "../parts/steady";
import { Lists } from "../data/questions";
import { Room } from "../parts/view";

const WEIGHT: Record<string, number> = { critical: 3, warning: 2, info: 1 };
const FIRING_MAX = 3;
const PATIENCE_MS = 4000;
const RESOLVED_MAX = 1;

/** Firing before over, silenced after the others of its kind. */
export function urgency(alert: Alert): number {
  const weight = WEIGHT[alert.severity ?? ""] ?? 0;
  return (alert.state === "firing" ? 10 : 0) + weight - (alert.silence ? 0.5 : 0);
}

export const byUrgency = (a: Alert, b: Alert): number =>
  urgency(b) - urgency(a) || (b.since ?? 0) - (a.since ?? 0);

export interface CardsContext extends CardContext {
  lists: CardContext["lists"] & Pick<Lists, "advice">;
}

/**
 * Cards kept by their alert; a list that several places show. They begin in the order they are given in;
 * what comes later stands below, because nothing that is read should move.
 */
export class CardList {
  private advice = new Map<string, Advice>();
  private order: string[] = [];
  private readonly cards: Keyed<Alert, AlertCard>;
  readonly node = el("div", { class: "cards" });

  constructor(private readonly context: CardsContext) {
    this.cards = new Keyed(
      this.node,
      (alert) => new AlertCard(context, alert.id),
      (card, alert) => card.show(alert, this.advice.get(alert.id)),
    );
  }

  show(all: Alert[], advice: Map<string, Advice>): void {
    this.advice = advice;
    const shown = all.filter((alert) => this.isWhole(alert));
    const ids = shown.map((alert) => alert.id);
    const standing = isMovable(this.node) ? [] : this.order.filter((id) => ids.includes(id));
    this.order = [...standing, ...ids.filter((id) => !standing.includes(id))];
    const place = new Map(this.order.map((id, at) => [id, at]));
    const sorted = [...shown].sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0));
    this.cards.show(sorted, (alert) => alert.id);
  }

  /** A card comes with all it has to say: what to do about it is asked for, and is here a moment later. */
  private isWhole({ id, state }: Alert): boolean {
    if (state !== "firing" || this.advice.has(id) || this.order.includes(id)) return true;
    const since = this.heard.get(id) ?? performance.now();
    if (!this.heard.has(id)) void this.context.lists.advice.again();
    this.heard.set(id, since);
    return performance.now() - since > PATIENCE_MS;
  }
  private readonly heard = new Map<string, number>();
}

export const byAlert = (advice: Advice[] | null): Map<string, Advice> =>
  new Map((advice ?? []).map((one) => [one.id, one]));

export class Alerts {
  private readonly said = el("p", { class: "nothing said" });
  private readonly more = el("a", { class: "foot", href: "#/alerts" });
  private readonly spoken = new Map<string, string>();
  private readonly cards: CardList;
  private readonly steady: Steady;
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.more.hidden = true;
    this.cards = new CardList({ store: room.store, lists: room.lists, isLong: false });
    const isFilled = (): boolean => room.lists.advice.version > 0;
    this.steady = new Steady({ isFilled }, this.said, this.cards.node, this.more);
    this.node = panel(
      { id: "todo-title", title: "What to do", kind: "todo" },
      [
        el("span", { class: "grow" }),
        el("a", { class: "link", href: "#/alerts" }, "All alerts"),
      ],
      this.steady.node,
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
    const many = firing === 1 ? "One alert fires." : `${firing} alerts fire.`;
    setText(this.said, firing ? many : `Nothing. No rule is firing.${this.lastAction()}`);
    setHidden(this.more, firing <= FIRING_MAX);
    setText(this.more, `and ${firing - FIRING_MAX} more`);
    this.steady.look();
  }

  /** What was done last, so that "nothing" is no mystery. */
  private lastAction(): string {
    const [last] = (this.room.lists.recycles.value ?? []).slice(-1);
    if (!last || typeof last.reclaimed !== "number") return "";
    const who = shortName(cleanName(nameById(this.room.store, String(last.isolate ?? ""))));
    return ` Last action: ${who} recycled at ${clock(last.t, false)}, freed ${bytesText(last.reclaimed)}.`;
  }
}
