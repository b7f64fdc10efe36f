/*
 * A list that could not be had: what, what follows from it, whether the live figures go on, the
 * request, and a button. Also what stands there before the first answer. Hidden when all is well.
 */
import { ApiError } from "../data/api";
import { Asked } from "../data/asked";
import { el, setHidden, setText } from "./dom";
import { cleanName } from "../data/format";

const PATIENCE_MS = 400;

export class Trouble {
  private readonly lead = el("b");
  private readonly words = el("p");
  private readonly request = el("p", { class: "mono" });
  private readonly again = el("button", { type: "button", class: "btn" }, "Try again");
  private readonly begun = performance.now();
  readonly node = el(
    "div",
    { class: "trouble", role: "status" },
    this.lead,
    this.words,
    this.request,
    this.again,
  );

  constructor(
    /** "The flows", as a sentence begins with it. */
    private readonly what: string,
    private readonly asked: Asked<unknown>,
  ) {
    this.node.hidden = true;
    this.again.addEventListener("click", () => void asked.again());
  }

  /** True if there is something to show beside it. */
  render(): boolean {
    const { trouble, value } = this.asked;
    const isLate = value === null && performance.now() - this.begun > PATIENCE_MS;
    setHidden(this.node, !trouble && !isLate);
    setHidden(this.request, !trouble);
    setHidden(this.again, !trouble || this.asked.isUnknownHere);
    if (trouble) this.tell(trouble);
    else if (isLate) {
      setText(this.lead, `${this.what} are on their way.`);
      setText(this.words, "");
    }
    return value !== null;
  }

  private tell(trouble: Error): void {
    if (this.asked.isUnknownHere) {
      setText(this.lead, `This collector does not tell ${this.what.toLowerCase()}.`);
      setText(this.words, "It is older than this page. Everything else goes on.");
    } else {
      const status = trouble instanceof ApiError ? trouble.status : 0;
      setText(this.lead, `${this.what} could not be read.`);
      setText(this.words, `${reasonOf(status, trouble)} Live values go on.`);
    }
    setText(this.request, trouble instanceof ApiError ? `${trouble.request} ${trouble.status}` : "");
  }
}

/** Why, in a sentence; the daemon's own words where it has some. */
export function reasonOf(status: number, trouble: Error): string {
  if (status === 401) return "The collector wants its token.";
  if (status === 0) return "The collector was not reached.";
  const words = cleanName(trouble.message);
  return words ? `The collector answered ${status}: ${words.replace(/\.$/, "")}.` : `It answered ${status}.`;
}
