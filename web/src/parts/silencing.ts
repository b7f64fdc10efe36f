/*
 * Silencing an alert: nobody is told of it for a while, it stays on the page. Asks for how long, in
 * place; says until when and takes it back. Where actions are not allowed there is no button.
 */
import { ApiError } from "../data/api";
import { Asked } from "../data/asked";
import { el, setAttribute, setHidden, setText } from "./dom";
import { cleanName, clock } from "../data/format";
import { Silence, silence, unsilence } from "../data/lists";
import { Alert, known } from "../data/protocol";
import { Store } from "../data/store";
import { reasonOf } from "./trouble";

export interface SilenceLists {
  silences: Asked<Silence[]>;
}

const LASTING: [string, number][] = [
  ["15 min", 900],
  ["1 h", 3600],
  ["8 h", 28800],
  ["1 day", 86400],
];
const TROUBLE_MS = 8000;

/** What went wrong with an order, in words for beside its button. */
export function failure(error: unknown): string {
  if (error instanceof ApiError) return reasonOf(error.status, error);
  return "The collector was not reached.";
}

export class SilenceControl {
  private readonly silence = el("button", { type: "button", class: "btn quiet" }, "Silence");
  private readonly end = el("button", { type: "button", class: "btn quiet" }, "Unsilence");
  private readonly words = el("span", { class: "cost", role: "status" });
  private readonly question = el("span", {
    class: "confirm",
    role: "group",
    "aria-label": "Silence for how long",
  });
  private troubleUntil = 0;
  private current = "";
  readonly node = el("span", { class: "action" }, this.silence, this.end, this.question, this.words);

  constructor(
    private readonly store: Store,
    private readonly lists: SilenceLists,
    private readonly alert: string,
  ) {
    this.question.hidden = true;
    this.silence.addEventListener("click", () => this.ask());
    this.end.addEventListener("click", () => void this.order(() => unsilence(Number(this.current))));
    this.question.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.stopPropagation();
      this.close();
    });
  }

  render(alert: Alert): void {
    this.current = alert.silence ?? "";
    const canAct = this.store.status.allow_actions === true;
    const isOurs = /^\d+$/.test(this.current);
    setHidden(this.silence, !canAct || this.current !== "" || !this.question.hidden);
    setHidden(this.end, !canAct || !isOurs);
    if (performance.now() > this.troubleUntil) setText(this.words, this.sayUntil(isOurs));
    setAttribute(this.node, "data-silence", cleanName(this.current) || null);
  }

  private sayUntil(isOurs: boolean): string {
    if (!this.current) return "";
    if (!isOurs) return `silenced by ${cleanName(this.current)}`;
    const found = this.lists.silences.value?.find((one) => String(one.id) === this.current);
    if (!found) void this.lists.silences.want();
    return found && known(found.until) ? `silenced until ${clock(found.until, false)}` : "silenced";
  }

  private ask(): void {
    const cancel = el("button", { type: "button", class: "btn" }, "Cancel");
    cancel.addEventListener("click", () => this.close());
    const choices = LASTING.map(([label, seconds]) => {
      const button = el("button", { type: "button", class: "btn" }, label);
      button.addEventListener("click", () => {
        this.close();
        void this.order(() => silence(this.alert, seconds, ""));
      });
      return button;
    });
    this.question.replaceChildren(el("span", { class: "cost" }, "Silence for"), ...choices, cancel);
    setHidden(this.question, false);
    setHidden(this.silence, true);
    cancel.focus();
  }

  private close(): void {
    setHidden(this.question, true);
    setHidden(this.silence, false);
    this.silence.focus();
  }

  private async order(order: () => Promise<void>): Promise<void> {
    try {
      await order();
    } catch (error) {
      this.troubleUntil = performance.now() + TROUBLE_MS;
      setText(this.words, failure(error));
    }
    await this.lists.silences.again();
  }
}
