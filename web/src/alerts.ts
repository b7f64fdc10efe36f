/*
 * What to do: one card an alert, the pressing ones first; what only might become one is not shown.
 * Its words are written again when they change, its buttons only when what can be done changes.
 * New and ended alerts are said once in the page's live region.
 */
import { ActionButton } from "./action";
import { el, setAttribute, setHidden, setText } from "./dom";
import { cleanName, clock, span, splitSentence, unbroken } from "./format";
import { hasEnded, nameOf } from "./judge";
import { Action, Alert, known } from "./protocol";
import { Store } from "./store";

interface Card {
  node: HTMLElement;
  text: HTMLElement;
  actions: HTMLElement;
  age: HTMLElement;
  written: string;
  /** What can be done, by name; the buttons stay as long as that stays. */
  offered: string;
  buttons: ActionButton[];
}

const WEIGHT: Record<string, number> = { critical: 3, warning: 2, info: 1 };
const TONE: Record<string, string> = { critical: "critical", warning: "warning", info: "accent" };
const WORD: Record<string, string> = { critical: "Critical", warning: "Warning", info: "Advice" };
const FIRING_MAX = 8;
const RESOLVED_MAX = 2;

function urgency(alert: Alert): number {
  return (alert.state === "firing" ? 10 : 0) + (WEIGHT[alert.severity ?? ""] ?? 0);
}

export class Alerts {
  private readonly list = el("div", { class: "cards" });
  private readonly nothing = el("p", { class: "nothing" }, "Nothing. No rule is firing.");
  private readonly more = el("p", { class: "foot" });
  private readonly cards = new Map<string, Card>();
  private readonly spoken = new Map<string, string>();
  readonly node: HTMLElement;

  constructor(
    private readonly store: Store,
    private readonly say: (words: string) => void,
  ) {
    this.node = el(
      "section",
      { class: "panel todo", "aria-labelledby": "todo-title" },
      el("header", {}, el("h2", { id: "todo-title" }, "What to do")),
      this.nothing,
      this.list,
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
    if (state === "firing") this.say(`Alert: ${title}`);
    else if (isKnown) this.say(`Resolved: ${title}`);
  }

  render(): void {
    const all = [...this.store.alerts.values()]
      .filter((alert) => alert.state !== "pending")
      .sort((a, b) => urgency(b) - urgency(a) || (b.since ?? 0) - (a.since ?? 0));
    const firing = all.filter((alert) => alert.state === "firing");
    const shown = [
      ...firing.slice(0, FIRING_MAX),
      ...all.slice(firing.length, firing.length + RESOLVED_MAX),
    ];
    const keep = new Set(shown.map((alert) => alert.id));
    for (const [id, card] of this.cards) {
      if (keep.has(id)) continue;
      card.node.remove();
      this.cards.delete(id);
    }
    let before: Element | null = this.list.firstElementChild;
    for (const alert of shown) {
      this.announce(alert);
      const node = this.cardOf(alert).node;
      if (node === before) before = before.nextElementSibling;
      else this.list.insertBefore(node, before);
    }
    setHidden(this.nothing, firing.length > 0);
    setHidden(this.more, firing.length <= FIRING_MAX);
    setText(this.more, `and ${firing.length - FIRING_MAX} more`);
  }

  private cardOf(alert: Alert): Card {
    const words = JSON.stringify([alert.state, alert.severity, alert.summary, alert.culprit]);
    let card = this.cards.get(alert.id);
    if (!card) {
      card = makeCard();
      this.cards.set(alert.id, card);
    }
    if (card.written !== words) {
      card.written = words;
      this.write(card, alert);
    }
    this.writeActions(card, alert);
    if (known(alert.since)) {
      setText(card.age, `${alert.state ?? ""} for ${span(this.store.t - alert.since)}`);
      setAttribute(card.age, "title", `since ${clock(alert.since, true)}`);
    }
    return card;
  }

  private write(card: Card, alert: Alert): void {
    const severity = alert.severity ?? "warning";
    const resolved = alert.state === "resolved";
    const tone = resolved ? "ok" : (TONE[severity] ?? "warning");
    const [title, rest] = splitSentence(
      unbroken(cleanName(alert.summary ?? alert.rule ?? alert.id)),
    );
    card.node.dataset.rule = cleanName(alert.rule ?? "");
    card.node.dataset.state = alert.state ?? "";
    card.text.replaceChildren(
      el(
        "div",
        { class: "cardhead" },
        el(
          "span",
          { class: `tag ${tone}` },
          resolved ? "Resolved" : (WORD[severity] ?? cleanName(severity)),
        ),
        card.age,
      ),
      el("h3", {}, el("bdi", { dir: "auto" }, title)),
    );
    if (resolved) return;
    if (rest) card.text.append(el("p", {}, el("bdi", { dir: "auto" }, rest)));
    const culprit = cleanName(alert.culprit ?? "");
    if (culprit && !`${title} ${rest}`.includes(culprit)) {
      card.text.append(
        el("p", {}, "It comes from ", el("bdi", { class: "mono", dir: "auto" }, culprit), "."),
      );
    }
  }

  private writeActions(card: Card, alert: Alert): void {
    const isolate = this.store.isolates[this.store.indexOf.get(alert.isolate ?? "") ?? -1];
    const isPossible = isolate && !hasEnded(isolate) && alert.state === "firing";
    const actions = isPossible ? (alert.actions ?? []) : [];
    const offered = JSON.stringify([
      isolate?.id,
      actions.map((action) => [action.do, action.why_not]),
    ]);
    if (card.offered !== offered) {
      card.offered = offered;
      const id = isolate?.id ?? "";
      const name = isolate ? nameOf(isolate) : "";
      card.buttons = actions.map((action, at) => new ActionButton(action, id, name, at === 0));
      card.actions.replaceChildren(...card.buttons.map((button) => button.node));
    }
    card.buttons.forEach((button, at) => button.update(actions[at] as Action));
    setHidden(card.actions, !actions.length);
  }
}

function makeCard(): Card {
  const text = el("div");
  const actions = el("div", { class: "actions" });
  const node = el("article", { class: "card" }, text, actions);
  return { node, text, actions, age: el("span"), written: "", offered: "", buttons: [] };
}
