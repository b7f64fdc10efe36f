/*
 * What can be done to an isolate or a process, as buttons that say what they cost: the verb and the
 * cost in two lines, or in a card the cost beside it. A recycle, and what pauses for over a second,
 * asks once, in place. The button then becomes its own progress and its own result; what brings a
 * file becomes the link to it. What cannot be done is no button: one line says why.
 */
import { ActionResult, failureWords, fileAddress, isolatePath, runAction } from "../data/api";
import { el, setAttribute, setHidden, setText } from "./dom";
import { bytesText, cleanName, count, join, seconds } from "../data/format";
import { Action, Figure, Isolate, known } from "../data/protocol";

export const PROFILE_SECONDS = 10;
const RESULT_MS = 15000;
const LEAST_FREED = 1024 * 1024; // the estimate is no finer
const SLOW_SECONDS = 1;

export interface Deed {
  /** As the API calls it. */
  does: string;
  verb: string;
  /** To whom, where that is not plain from where the button stands. */
  whom?: string;
  /** Where the daemon tells no figures. */
  cost: string;
  progress: string;
  /** The same, where it depends on the isolate as it is now. */
  progressOf?: () => string;
  /** What it says when it was done, where the answer has no figures. */
  result?: string;
  query?: Record<string, string>;
  file?: string;
}

export const DEEDS: Deed[] = [
  { does: "gc", verb: "Collect", cost: "pauses it for one collection", progress: "collecting" },
  {
    does: "snapshot",
    verb: "Snapshot",
    cost: "stops it while it is written",
    progress: "writing",
    file: "heapsnapshot",
  },
  { does: "recycle", verb: "Recycle", cost: "replaced between two jobs", progress: "waits for its job" },
];

export const deedOf = (does: string): Deed =>
  DEEDS.find((deed) => deed.does === does) ?? { does, verb: cleanName(does), cost: "", progress: "asked" };

export class DeedButton {
  private readonly verb = el("b");
  private readonly cost = el("span");
  private readonly button = el("button", { type: "button", class: "deed" }, this.verb, this.cost);
  private readonly question = el("span", { class: "confirm" });
  private busyUntil = 0;
  private action: Action | null = null;
  readonly node = el("span", { class: "deedbox" }, this.button, this.question);

  constructor(
    private readonly deed: Deed,
    /** A path of the API: isolates/ID, processes/PID. */
    private readonly thing: () => string,
    private readonly done: (result: ActionResult & { id: number }) => void = () => undefined,
  ) {
    setText(this.verb, deed.whom ? `${deed.verb} ${deed.whom}` : deed.verb);
    setText(this.cost, deed.cost);
    this.question.hidden = true;
    this.button.addEventListener("click", () => this.click());
    const cancel = el("button", { type: "button", class: "btn" }, "Cancel");
    const go = el("button", { type: "button", class: "btn" }, `${deed.verb} now`);
    cancel.addEventListener("click", () => this.ask(false));
    go.addEventListener("click", () => {
      this.ask(false);
      void this.run();
    });
    this.question.append(cancel, go);
  }

  /** In one line, as in a card. */
  inline(): this {
    this.button.className = "btn";
    this.cost.className = "cost";
    this.cost.setAttribute("role", "status");
    this.button.after(this.cost);
    return this;
  }

  update(action: Action | null, isFirst: boolean): void {
    this.action = action;
    this.button.classList.toggle("pri", isFirst);
    if (performance.now() > this.busyUntil) setText(this.cost, costOf(action) || this.deed.cost);
  }

  /** Another isolate: what was told is not about it. */
  reset(): void {
    this.busyUntil = 0;
    this.ask(false);
    this.node.querySelector("a")?.remove();
  }

  click(): void {
    if (this.button.getAttribute("aria-disabled")) return;
    const pause = this.action?.pause_seconds;
    if (this.deed.does === "recycle" || (known(pause) && pause > SLOW_SECONDS)) this.ask(true);
    else void this.run();
  }

  private ask(isOpen: boolean): void {
    setHidden(this.question, !isOpen);
    if (isOpen) this.question.querySelector("button")?.focus();
  }

  private async run(): Promise<void> {
    const thing = this.thing();
    setAttribute(this.button, "aria-disabled", "true");
    this.tell(this.deed.progressOf?.() ?? this.deed.progress, Infinity);
    try {
      const result = await runAction(thing, this.deed.does, this.deed.query);
      if (thing !== this.thing()) return;
      this.tell(resultWords(result) || (this.deed.result ?? "done"), RESULT_MS);
      if (this.deed.file) this.offer(result.id, thing);
      this.done(result);
    } catch (error) {
      if (thing === this.thing()) this.tell(`failed: ${cleanName(failureWords(error))}`, RESULT_MS);
    } finally {
      setAttribute(this.button, "aria-disabled", null);
    }
  }

  private offer(action: number, thing: string): void {
    const id = decodeURIComponent(thing.replace(/^\w+\//, ""));
    const name = `${id.replace(/[^\w.-]+/g, "-")}.${this.deed.file ?? ""}`;
    const link = el("a", { class: "link", href: fileAddress(action), download: name }, `Save ${name}`);
    this.node.querySelector("a")?.remove();
    this.node.append(link);
  }

  private tell(words: string, ms: number): void {
    this.busyUntil = performance.now() + ms;
    setText(this.cost, words);
  }
}

function costOf(action: Action | null): string {
  const words: string[] = [];
  const frees = action?.frees_bytes;
  if (known(frees))
    words.push(frees < LEAST_FREED ? "frees less than 1 MiB" : `frees about ${bytesText(frees)}`);
  const pause = action?.pause_seconds;
  if (known(pause) && pause < 0.001) words.push("pauses under 1 ms");
  else if (known(pause)) words.push(`pauses about ${join(seconds(pause))}`);
  if (known(action?.bytes)) words.push(`writes about ${bytesText(action.bytes)}`);
  return words.join(", ");
}

function resultWords({ result, file_bytes: file }: ActionResult): string {
  const figure = (name: string): number | null =>
    typeof result?.[name] === "number" ? (result[name] as number) : null;
  const freed = figure("reclaimed");
  const predicted = figure("predicted");
  if (freed !== null)
    return `freed ${bytesText(freed)}${predicted ? ` of ${bytesText(predicted)} predicted` : ""}`;
  const took = figure("seconds");
  return known(file) ? `${bytesText(file)}${took === null ? "" : ` in ${join(seconds(took))}`}` : "";
}

/** All that can be done, and why the rest cannot. */
export class Deeds {
  private readonly buttons = DEEDS.map((deed) => {
    const timely = deed.does === "recycle" ? { ...deed, progressOf: () => this.nextJob() } : deed;
    return { deed, button: new DeedButton(timely, () => isolatePath(this.id)) };
  });
  private jobs: Figure = null;
  private readonly row = el("div", { class: "deeds" });
  private readonly why = el("p", { class: "cost" });
  private id = "";
  private offered = "";
  readonly node = el("div", { class: "doing" }, this.row, this.why);

  turn(id: string): void {
    this.id = id;
    for (const { button } of this.buttons) button.reset();
  }

  /** A recycle comes between two jobs. */
  private nextJob(): string {
    return known(this.jobs) ? `waits for job ${count(this.jobs + 1)}` : "waits for its job";
  }

  render(isolate: Isolate | null): void {
    this.jobs = isolate?.jobs ?? null;
    const told = new Map((isolate?.actions ?? []).map((action) => [action.do, action]));
    const general = told.get("gc")?.why_not ?? (isolate ? null : "it is not known any more");
    const offered: string[] = [];
    const refused: string[] = [];
    for (const { deed } of this.buttons) {
      const why = told.get(deed.does)?.why_not ?? general;
      if (why) refused.push(`${deed.verb}: ${cleanName(why)}`);
      else offered.push(deed.does);
    }
    if (offered.join() !== this.offered) {
      this.offered = offered.join();
      this.row.replaceChildren(
        ...this.buttons.filter(({ deed }) => offered.includes(deed.does)).map(({ button }) => button.node),
      );
    }
    const first = offered.includes("recycle") ? "recycle" : "";
    for (const { deed, button } of this.buttons)
      button.update(told.get(deed.does) ?? null, deed.does === first);
    const words = general ? `Nothing can be done from here: ${cleanName(general)}.` : refused.join(". ");
    setText(this.why, words);
    setHidden(this.why, !words);
  }
}
