/*
 * A button that does something to an isolate. It says what it costs before the click, asks once,
 * in place, where work is lost or a pause is over a second, and then becomes its own progress and
 * result. What cannot be done is no button but one line that says why.
 */
import { ApiError, actionResult, startAction } from "./api";
import { el, setText } from "./dom";
import { bytesText, cleanName, join, seconds } from "./format";
import { Action, known } from "./protocol";

const VERBS: Record<string, string> = {
  gc: "Collect",
  recycle: "Recycle",
  snapshot: "Snapshot",
  profile: "Profile",
};
const POLL_MS = 300;
const RESULT_MS = 8000;
const LEAST_FREED = 1024 * 1024; // the estimate is no finer

function cost(action: Action): string {
  const words: string[] = [];
  const frees = action.frees_bytes;
  if (known(frees))
    words.push(frees < LEAST_FREED ? "frees less than 1 MiB" : `frees about ${bytesText(frees)}`);
  if (known(action.pause_seconds))
    words.push(`pauses it about ${join(seconds(action.pause_seconds))}`);
  if (known(action.bytes)) words.push(`writes about ${bytesText(action.bytes)}`);
  return words.join(", ");
}

export class ActionButton {
  private readonly button: HTMLButtonElement;
  private readonly remark = el("span", { class: "cost", role: "status" });
  private readonly verb: string;
  /** Until then the remark tells a result and not the cost. */
  private busyUntil = 0;
  readonly node: HTMLElement;

  constructor(
    private action: Action,
    private readonly isolate: string,
    name: string,
    isFirst: boolean,
  ) {
    this.verb = VERBS[action.do] ?? cleanName(action.do);
    this.button = el(
      "button",
      { type: "button", class: isFirst ? "btn pri" : "btn" },
      `${this.verb} ${cleanName(name)}`,
    );
    this.node = action.why_not
      ? el(
          "span",
          { class: "cost" },
          `${this.verb} ${cleanName(name)}: not from here, ${cleanName(action.why_not)}`,
        )
      : el("span", { class: "action" }, this.button, this.remark);
    this.button.addEventListener("click", () => this.click());
    this.update(action);
  }

  /** What it would cost now. */
  update(action: Action): void {
    this.action = action;
    if (performance.now() > this.busyUntil) setText(this.remark, cost(action));
  }

  private click(): void {
    const { pause_seconds: pause } = this.action;
    if (this.action.do === "recycle" || (known(pause) && pause > 1)) this.confirm();
    else void this.run();
  }

  private confirm(): void {
    if (this.node.querySelector(".confirm")) return;
    const cancel = el("button", { type: "button", class: "btn" }, "Cancel");
    const go = el("button", { type: "button", class: "btn" }, `${this.verb} now`);
    const question = el("span", { class: "confirm" }, cancel, go);
    cancel.addEventListener("click", () => question.remove());
    go.addEventListener("click", () => {
      question.remove();
      void this.run();
    });
    this.node.append(question);
    cancel.focus();
  }

  private async run(): Promise<void> {
    this.button.setAttribute("aria-disabled", "true");
    this.tell("asked", Infinity);
    try {
      const id = await startAction(this.isolate, this.action.do);
      let result = await actionResult(id);
      while (result.state === "queued" || result.state === "sent") {
        await new Promise((done) => setTimeout(done, POLL_MS));
        result = await actionResult(id);
      }
      this.tell(result.error ? `failed: ${cleanName(result.error)}` : "done", RESULT_MS);
    } catch (error) {
      const words =
        error instanceof ApiError
          ? error.message || `refused (${error.status})`
          : "the daemon was not reached";
      this.tell(cleanName(words), RESULT_MS);
    }
    this.button.removeAttribute("aria-disabled");
  }

  private tell(words: string, ms: number): void {
    this.busyUntil = performance.now() + ms;
    setText(this.remark, words);
  }
}
