/*
 * One row of the isolates table: name and its worst job, state as shape and word, the bar of used
 * over limit with a tick at the live heap (what lies between tick and end is garbage), the
 * sparkline and the figures.
 */
import { isolateAddress } from "./address";
import { Value, el, nameNode, setAttribute, setName, setText } from "./dom";
import { Quantity, UNKNOWN, bytes, bytesText, cleanName, exactBytes, timeToLimit } from "./format";
import { shapeIcon } from "./icons";
import { Shape, hasEnded, nameOf, secondsToLimit, stateOf } from "./judge";
import { Past } from "./past";
import { Figure, Isolate, known } from "./protocol";
import { Spark } from "./spark";
import { Store } from "./store";

export const WHY_LIVE = "not known: no full collection was seen yet";
export const WHY_ENDED = "it has ended, its memory is back";
export const WHY_DRIFT = "not known: too few jobs were seen yet";
const BAND_DEFAULT = 0.05;
const UNMARKED_JOB = "message";

const numeric = (node: Node, className: string): HTMLElement =>
  el("td", { class: `num ${className}` }, node);

export class Row {
  private readonly name = nameNode("");
  private readonly link = el("a", { class: "open" }, this.name);
  private readonly job = el("bdi", { class: "jobname", dir: "auto" });
  private readonly word = document.createTextNode("");
  private readonly state = el("span", { class: "st" });
  private readonly fill = el("i");
  private readonly tick = el("b");
  private readonly bar = el("span", { class: "bar" }, this.fill, this.tick);
  private readonly used = new Value();
  private readonly limit = el("span", { class: "of" });
  private readonly live = new Value();
  private readonly perJob = new Value();
  private readonly toLimit = new Value();
  private readonly external = new Value();
  private readonly shared = new Value();
  readonly spark = new Spark();
  private shape: Shape | "" = "";
  readonly node: HTMLElement;

  constructor() {
    this.state.append(el("span", { class: "shape" }), this.word);
    this.node = el(
      "tr",
      {},
      el("th", { scope: "row", class: "c-name" }, this.link, this.job),
      el("td", { class: "c-state" }, this.state),
      el(
        "td",
        { class: "c-bar" },
        el("span", { class: "barw" }, this.bar, this.used.node, this.limit),
      ),
      el("td", { class: "c-spark" }, this.spark.node),
      numeric(this.live.node, "c-live"),
      numeric(this.perJob.node, "c-job"),
      numeric(this.toLimit.node, "c-to"),
      numeric(this.external.node, "c-ext"),
      numeric(this.shared.node, "c-shared"),
    );
  }

  show(store: Store, index: number, isolate: Isolate): void {
    setName(this.name, nameOf(isolate));
    setAttribute(this.link, "href", isolateAddress(isolate.id));
    setAttribute(
      this.name,
      "title",
      `${cleanName(nameOf(isolate))}, isolate ${cleanName(isolate.id)}`,
    );
    const job = isolate.drift?.job ?? "";
    setName(this.job, job === UNMARKED_JOB ? "" : job);
    this.showState(isolate);
    this.showBar(store, index, isolate);
    const live = hasEnded(isolate) ? null : store.figure("live", index);
    this.live.setBytes(live, bytes(live), hasEnded(isolate) ? WHY_ENDED : WHY_LIVE);
    this.perJob.set(perJob(isolate), exactBytes(isolate.drift?.bytes_per_job) || WHY_DRIFT);
    const seconds = secondsToLimit(isolate);
    this.toLimit.set(
      { text: timeToLimit(seconds), unit: "" },
      known(seconds) ? "" : "no limit in sight",
    );
    for (const [column, value] of [
      ["external", this.external],
      ["shared", this.shared],
    ] as const) {
      const figure = store.figure(column, index);
      value.setBytes(figure, bytes(figure), "not known to its emitter");
    }
  }

  drawSpark(past: Past, id: string, from: number, to: number, isolate: Isolate): void {
    const baseline = isolate.heap?.baseline;
    this.spark.draw(past, id, from, to, {
      baseline: known(baseline) && baseline > 0 ? baseline : null,
      band: isolate.drift?.band ?? BAND_DEFAULT,
      rising: stateOf(isolate).shape === "up",
    });
  }

  private showState(isolate: Isolate): void {
    const state = stateOf(isolate);
    if (this.word.data !== state.word) this.word.data = state.word;
    setAttribute(this.node, "data-tone", state.tone);
    setAttribute(this.node, "data-shape", state.shape);
    if (this.shape === state.shape) return;
    this.shape = state.shape;
    this.state.firstElementChild?.replaceChildren(shapeIcon(state.shape));
  }

  private showBar(store: Store, index: number, isolate: Isolate): void {
    const used = store.figure("used", index);
    const live = hasEnded(isolate) ? null : store.figure("live", index);
    const limit = isolate.heap?.limit;
    this.used.setBytes(used, bytes(used), "not known to its emitter");
    setText(this.limit, known(limit) ? `of ${bytesText(limit)}` : "no limit");
    setAttribute(this.limit, "title", exactBytes(limit) || null);
    const share = (figure: Figure): string =>
      known(figure) && known(limit) && limit > 0
        ? `${Math.min(100, (100 * figure) / limit)}%`
        : "0";
    this.fill.style.width = share(used);
    this.tick.style.left = share(live);
    this.tick.hidden = !known(live) || !known(limit);
  }
}

/** Growth a job, once the detector has an opinion; within a kibibyte of zero is zero. */
export function perJob(isolate: Isolate): Quantity {
  const growth = isolate.drift?.bytes_per_job;
  if (!known(growth) || isolate.drift?.state === "warming") return UNKNOWN;
  if (Math.abs(growth) < 0.5) return { text: "0", unit: "" };
  const quantity = bytes(growth);
  return growth > 0 ? { ...quantity, text: `+${quantity.text}` } : quantity;
}
