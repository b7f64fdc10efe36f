/*
 * Silences in force: what nobody is told of, until when, why, and a button that ends each. A whole
 * rule can be silenced here; a single alert at its card. Only looked at where actions are not
 * allowed.
 */
import { el, panel, setHidden, setText } from "../parts/dom";
import { cleanName, clock, count, span } from "../data/format";
import { Keyed } from "../parts/keyed";
import { Silence, silence, unsilence } from "../data/lists";
import { known } from "../data/protocol";
import { failure } from "../parts/silencing";
import { Trouble } from "../parts/trouble";
import { Room } from "../parts/view";

const LASTING: [string, number][] = [
  ["15 min", 900],
  ["1 h", 3600],
  ["8 h", 28800],
  ["1 day", 86400],
  ["7 days", 604800],
];
const RULES = [
  "drift",
  "budget",
  "limit_audit",
  "clone_tax",
  "queue_backlog",
  "worker_crash",
  "recycling",
  "history",
];

interface Line {
  node: HTMLElement;
  rule: HTMLElement;
  until: HTMLElement;
  words: HTMLElement;
  end: HTMLButtonElement;
}

export class Silences {
  private readonly list = el("div", { class: "silences" });
  private readonly lines: Keyed<Silence, Line>;
  private readonly nothing = el("p", { class: "nothing" }, "Everybody is told of everything.");
  private readonly trouble: Trouble;
  private readonly answer = el("p", { class: "small", role: "status" });
  private readonly rule = el("select", { "aria-label": "Rule", class: "field" });
  private readonly lasting = el("select", { "aria-label": "For how long", class: "field" });
  private readonly comment = el("input", {
    type: "text",
    class: "field",
    maxlength: "120",
    "aria-label": "Why",
    placeholder: "Why",
  });
  private readonly form: HTMLFormElement;
  private offered = "";
  readonly node: HTMLElement;

  constructor(private readonly room: Room) {
    this.trouble = new Trouble("Silences", room.lists.silences);
    this.lines = new Keyed(
      this.list,
      (one) => this.makeLine(one),
      (line, one) => this.write(line, one),
    );
    for (const [label, seconds] of LASTING)
      this.lasting.append(el("option", { value: String(seconds) }, label));
    this.lasting.value = "3600";
    this.form = el(
      "form",
      { class: "silenceform" },
      this.rule,
      this.lasting,
      this.comment,
      el("button", { type: "submit", class: "btn" }, "Silence rule"),
    );
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      void this.order(() => silence(this.rule.value, Number(this.lasting.value), this.comment.value));
      this.comment.value = "";
    });
    this.node = panel(
      { id: "silences-title", title: "Silences" },
      [],
      this.trouble.node,
      this.list,
      this.nothing,
      this.form,
      this.answer,
    );
  }

  render(): void {
    const { store, lists } = this.room;
    lists.silences.want();
    const isThere = this.trouble.render();
    const silences = lists.silences.value ?? [];
    this.lines.show(silences, (one) => String(one.id));
    setHidden(this.nothing, !isThere || silences.length > 0);
    setHidden(this.form, store.status.allow_actions !== true);
    this.offerRules();
  }

  /** Those that can fire here, and those that do. */
  private offerRules(): void {
    const rules = new Set(RULES);
    for (const alert of this.room.store.alerts.values()) if (alert.rule) rules.add(alert.rule);
    const offered = [...rules].join(" ");
    if (offered === this.offered) return;
    this.offered = offered;
    const chosen = this.rule.value;
    this.rule.replaceChildren(
      ...[...rules].map((rule) => el("option", { value: rule }, cleanName(rule))),
    );
    if (rules.has(chosen)) this.rule.value = chosen;
  }

  private async order(order: () => Promise<void>): Promise<void> {
    setText(this.answer, "");
    try {
      await order();
    } catch (error) {
      setText(this.answer, failure(error));
    }
    await this.room.lists.silences.again();
  }

  private makeLine(one: Silence): Line {
    const rule = el("bdi", { class: "nm", dir: "auto" });
    const until = el("span", { class: "small" });
    const words = el("p", { class: "small" });
    const end = el("button", { type: "button", class: "btn" }, "End");
    end.setAttribute("aria-label", `End the silence of ${cleanName(one.rule)}`);
    end.addEventListener("click", () => void this.order(() => unsilence(one.id)));
    const node = el("div", { class: "silence", "data-silence": String(one.id) }, el("div", {}, rule, words, until), end);
    return { node, rule, until, words, end };
  }

  private write(line: Line, one: Silence): void {
    const { store } = this.room;
    setText(line.rule, cleanName(one.rule));
    setText(line.words, cleanName(one.comment));
    setHidden(line.words, !one.comment);
    const matches = one.alerts?.length ?? 0;
    const left = known(one.until) ? `until ${clock(one.until, false)}, ${span(one.until - store.t)} left` : "";
    setText(line.until, `${left}, ${matches ? `silences ${count(matches)} now` : "matches nothing now"}`);
    setHidden(line.end, store.status.allow_actions !== true);
  }
}
