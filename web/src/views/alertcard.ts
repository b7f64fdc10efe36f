/*
 * One alert as a card: state, evidence, action, in that order; below it what acting would bring, or
 * brought. Its words are written again when they change, its buttons only when what can be done
 * changes. The short form is for the overview, the long one says why and to whom it was told.
 */
import { isolatePath } from "../data/api";
import { DeedButton, deedOf } from "../parts/deed";
import { el, setAttribute, setHidden, setText } from "../parts/dom";
import { bytesText, cleanName, clock, join, seconds, span, splitSentence, unbroken } from "../data/format";
import { hasEnded, nameOf } from "../data/judge";
import { Advice } from "../data/lists";
import { Action, Alert, Figure, known } from "../data/protocol";
import { SilenceControl, SilenceLists } from "../parts/silencing";
import { Steady } from "../parts/steady";
import { Store } from "../data/store";

const TONE: Record<string, string> = { critical: "critical", warning: "warning", info: "accent" };
const WORD: Record<string, string> = { critical: "Critical", warning: "Warning", info: "Advice" };
const PATIENCE_MS = 8000; // for its advice
const LEAST_FREED = 1024 * 1024;
const LEAST_SHARE = 0.1; // of the heap

export interface CardContext {
  store: Store;
  lists: SilenceLists;
  isLong: boolean;
}

export class AlertCard {
  private readonly text = el("div");
  private readonly impact = el("p", { class: "impact" });
  private readonly actions = el("div", { class: "actions" });
  private readonly age = el("span");
  private readonly told = el("span", { class: "told" });
  private readonly silence: SilenceControl;
  private buttons: DeedButton[] = [];
  private written = "";
  private offered = "";
  private readonly begun = performance.now();
  private readonly steady = new Steady(
    { isFilled: () => this.isAdvised || performance.now() - this.begun > PATIENCE_MS },
    this.text,
    this.impact,
    this.actions,
  );
  private isAdvised = false;
  readonly node = el("article", { class: "card" }, this.steady.node);

  constructor(
    private readonly context: CardContext,
    id: string,
  ) {
    this.silence = new SilenceControl(context.store, context.lists, id);
    setAttribute(this.node, "data-alert", cleanName(id));
  }

  show(alert: Alert, advice: Advice | undefined): void {
    this.isAdvised = advice !== undefined;
    const words = JSON.stringify([
      alert.state,
      alert.severity,
      alert.summary,
      alert.culprit,
      alert.notified,
      advice?.action,
      advice?.cause,
    ]);
    if (this.written !== words) {
      this.written = words;
      this.write(alert, advice);
    }
    this.writeAge(alert);
    this.writeImpact(alert, advice);
    this.writeActions(alert);
    this.steady.look();
  }

  gone(): void {
    this.steady.end();
  }

  private write(alert: Alert, advice: Advice | undefined): void {
    const isResolved = alert.state === "resolved";
    const severity = alert.severity ?? "warning";
    const tone = isResolved ? "ok" : (TONE[severity] ?? "warning");
    const word = isResolved ? "Resolved" : (WORD[severity] ?? cleanName(severity));
    const [title, rest] = splitSentence(
      unbroken(cleanName(alert.summary ?? alert.rule ?? alert.id)),
    );
    const words = el("bdi", { dir: "auto" }, title);
    this.node.dataset.rule = cleanName(alert.rule ?? "");
    this.node.dataset.state = alert.state ?? "";
    this.text.replaceChildren(
      el(
        "div",
        { class: "cardhead" },
        el("span", { class: `tag ${tone}` }, word),
        this.age,
        this.told,
      ),
      el("h3", {}, this.context.isLong ? words : el("a", { class: "open", href: alertAddress(alert.id) }, words)),
    );
    this.text.after(this.impact, this.actions); // what stands below other words is written anew
    setText(this.told, toldWords(alert));
    if (isResolved && !this.context.isLong) return;
    this.paragraph(rest);
    const culprit = cleanName(alert.culprit ?? "");
    if (culprit && !`${title} ${rest}`.includes(culprit)) {
      this.text.append(
        el("p", {}, "It comes from ", el("bdi", { class: "mono", dir: "auto" }, culprit), "."),
      );
    }
    if (this.context.isLong) this.paragraph(unbroken(cleanName(advice?.cause)));
    if (!isResolved) this.paragraph(unbroken(cleanName(advice?.action)), "advice");
  }

  private paragraph(words: string, className = ""): void {
    if (!words) return;
    const attributes: Record<string, string> = className ? { class: className } : {};
    this.text.append(el("p", attributes, el("bdi", { dir: "auto" }, words)));
  }

  private writeAge(alert: Alert): void {
    if (!known(alert.since)) return;
    const passed = span(this.context.store.t - alert.since);
    setText(this.age, alert.state === "resolved" ? `${passed} ago` : `${alert.state ?? ""} for ${passed}`);
    setAttribute(this.age, "title", `since ${clock(alert.since, true)}`);
  }

  private writeImpact(alert: Alert, advice: Advice | undefined): void {
    const words = impactWords(alert, advice);
    if (this.impact.hidden === Boolean(words)) this.impact.after(this.actions);
    setText(this.impact, words);
    setHidden(this.impact, !words);
  }

  private writeActions(alert: Alert): void {
    const { store } = this.context;
    const isolate = store.isolates[store.indexOf.get(alert.isolate ?? "") ?? -1];
    const isFiring = alert.state === "firing";
    const living = isolate && !hasEnded(isolate) ? isolate : null;
    const actions = living && isFiring ? worthwhile(alert.actions ?? [], living.heap?.total) : [];
    const offered = JSON.stringify([
      isolate?.id,
      isolate?.name,
      isFiring,
      actions.map((action) => [action.do, action.why_not]),
    ]);
    if (this.offered !== offered) {
      this.offered = offered;
      const name = living ? nameOf(living) : "";
      this.buttons = actions
        .filter((action) => !action.why_not)
        .map((action) => {
          const deed = { ...deedOf(action.do), whom: cleanName(name) };
          return new DeedButton(deed, () => isolatePath(living?.id ?? "")).inline();
        });
      this.actions.replaceChildren(
        ...this.buttons.map((button) => button.node),
        ...(living && isFiring ? [openLink(living.id, name, !this.buttons.length)] : []),
        ...(isFiring ? [this.silence.node] : []),
        ...whyNot(actions, name),
      );
    }
    const possible = actions.filter((action) => !action.why_not);
    this.buttons.forEach((button, at) => button.update(possible[at] ?? null, at === 0));
    this.silence.render(alert);
    setHidden(this.actions, !this.actions.childElementCount);
  }
}

function openLink(id: string, name: string, isFirst: boolean): HTMLElement {
  const href = `#/isolates/${encodeURIComponent(id)}`;
  return el(
    "a",
    { class: isFirst ? "btn pri" : "btn", href },
    "Open ",
    el("bdi", { dir: "auto" }, cleanName(name)),
  );
}

const alertAddress = (id: string): string => `#/alerts/${encodeURIComponent(id)}`;

/** A collection is no advice where it would free next to nothing, or the whole can be replaced. */
function worthwhile(actions: Action[], heap: Figure): Action[] {
  const canRecycle = actions.some((action) => action.do === "recycle" && !action.why_not);
  const least = Math.max(LEAST_FREED, LEAST_SHARE * (heap ?? 0));
  return actions.filter(
    (action) => action.do !== "gc" || (!canRecycle && (action.frees_bytes ?? 0) >= least),
  );
}

/** One line for everything that cannot be done. */
function whyNot(actions: Action[], name: string): HTMLElement[] {
  const [first] = actions.filter((action) => action.why_not);
  if (!first) return [];
  const words = `${deedOf(first.do).verb} ${cleanName(name)}: not possible, ${cleanName(first.why_not)}`;
  return [el("span", { class: "cost" }, words)];
}

function toldWords(alert: Alert): string {
  const names = (alert.notified ?? []).map((name) => cleanName(name));
  return names.length ? `told ${names.join(", ")}` : "";
}

/** What acting should bring, and when it is over what it brought. */
function impactWords(alert: Alert, advice: Advice | undefined): string {
  if (!advice) return "";
  const isTime = known(advice.expected_seconds);
  const expected = isTime ? advice.expected_seconds : advice.expected_bytes;
  if (!known(expected)) return "";
  const amount = (value: number): string =>
    isTime ? `${join(seconds(value))} a minute` : bytesText(value);
  if (alert.state !== "resolved") return expected > 0 ? `Saves about ${amount(expected)}.` : "";
  if (!known(advice.measured)) return "";
  return `Saved ${amount(advice.measured)} of ${amount(expected)} expected.`;
}
