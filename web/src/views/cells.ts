/*
 * What a line says of an isolate, wherever the line stands: name with a word beside it, state as
 * shape and word, the bar of used over limit with a tick at the live heap (what lies between tick and
 * end is garbage), the figures. The owner puts the parts into its cells; here they are written.
 */
import { isolateAddress } from "../data/address";
import { Value, el, nameNode, setAttribute, setHidden, setName, setText } from "../parts/dom";
import { Quantity, UNKNOWN, bytes, bytesText, cleanName, exactBytes, timeToLimit } from "../data/format";
import { shapeIcon } from "../parts/icons";
import { Shape, hasEnded, nameOf, secondsToLimit, stateOf } from "../data/judge";
import { Figure, Isolate, known } from "../data/protocol";
import { Pins } from "../parts/pins";
import { SparkLook } from "../charts/spark";
import { Store } from "../data/store";

const WHY_LIVE = "not known: no full collection was seen yet";
const WHY_ENDED = "it has ended, its memory is back";
const WHY_DRIFT = "not known: too few jobs were seen yet";
export const WHY_SILENT = "not known to its emitter";
const BAND_DEFAULT = 0.05;

export class IsolateCells {
  private readonly title = nameNode("");
  readonly link = el("a", { class: "open" }, this.title);
  readonly aside = el("bdi", { class: "jobname", dir: "auto" });
  private readonly icon = el("span", { class: "shape" });
  private readonly word = document.createTextNode("");
  readonly state = el("span", { class: "st" }, this.icon, this.word);
  private readonly fill = el("i");
  private readonly tick = el("b");
  private readonly used = new Value();
  private readonly limit = el("span", { class: "of" });
  readonly bar = el(
    "span",
    { class: "barw" },
    el("span", { class: "bar" }, this.fill, this.tick),
    this.used.node,
    this.limit,
  );
  readonly live = new Value();
  readonly perJob = new Value();
  readonly toLimit = new Value();
  readonly external = new Value();
  readonly shared = new Value();
  private shape: Shape | "" = "";
  private shownId = "";

  constructor(private readonly pins: Pins) {}

  /** `line` is marked with the state; `aside` stands beside the name. */
  show(line: HTMLElement, store: Store, index: number, isolate: Isolate, aside: string): void {
    if (isolate.id !== this.shownId) this.link.after(this.aside); // another one stands here: written anew
    this.shownId = isolate.id;
    setName(this.title, nameOf(isolate));
    const title = `${cleanName(nameOf(isolate))}, isolate ${cleanName(isolate.id)}`;
    setAttribute(this.title, "title", title);
    setAttribute(this.link, "href", isolateAddress(isolate.id));
    setName(this.aside, aside);
    setAttribute(line, "data-id", isolate.id);
    setAttribute(line, "data-pin", this.pins.of(isolate.id)?.number.toString() ?? null);
    this.showState(line, isolate);
    const live = hasEnded(isolate) ? null : store.figure("live", index);
    this.showBar(store.figure("used", index), live, isolate.heap?.limit);
    this.live.setBytes(live, bytes(live), hasEnded(isolate) ? WHY_ENDED : WHY_LIVE);
    this.perJob.set(perJob(isolate), exactBytes(isolate.drift?.bytes_per_job) || WHY_DRIFT);
    const seconds = secondsToLimit(isolate);
    const why = known(seconds) ? "" : "no limit in sight";
    this.toLimit.set({ text: timeToLimit(seconds), unit: "" }, why);
    for (const column of ["external", "shared"] as const) {
      const figure = store.figure(column, index);
      this[column].setBytes(figure, bytes(figure), WHY_SILENT);
    }
  }

  private showState(line: HTMLElement, isolate: Isolate): void {
    const state = stateOf(isolate);
    if (this.word.data !== state.word) this.word.data = state.word;
    setAttribute(line, "data-tone", state.tone);
    setAttribute(line, "data-shape", state.shape);
    if (this.shape === state.shape) return;
    this.shape = state.shape;
    this.icon.replaceChildren(shapeIcon(state.shape));
  }

  private showBar(used: Figure, live: Figure, limit: Figure): void {
    this.used.setBytes(used, bytes(used), WHY_SILENT);
    setText(this.limit, known(limit) ? `of ${bytesText(limit)}` : "no limit");
    setAttribute(this.limit, "title", exactBytes(limit) || null);
    const share = (figure: Figure): number =>
      known(figure) && known(limit) && limit > 0 ? Math.min(100, Math.round((400 * figure) / limit) / 4) : 0;
    const [full, stays] = [share(used), share(live)];
    if (full !== this.full) this.fill.style.clipPath = `inset(0 ${100 - full}% 0 0)`;
    if (stays !== this.stays)
      this.tick.style.clipPath = `inset(0 calc(${100 - stays}% - 1px) 0 calc(${stays}% - 1px))`;
    [this.full, this.stays] = [full, stays];
    setHidden(this.tick, !known(live) || !known(limit));
  }
  /** Per cent of the bar, by quarters: about what a pixel of it is. */
  private full = NaN;
  private stays = NaN;
}

/** How its sparkline is drawn. */
export function sparkLook(isolate: Isolate): SparkLook {
  const baseline = isolate.heap?.baseline;
  return {
    baseline: known(baseline) && baseline > 0 ? baseline : null,
    band: isolate.drift?.band ?? BAND_DEFAULT,
    rising: stateOf(isolate).shape === "up",
  };
}

/** Growth a job, once the detector has an opinion; within a kibibyte of zero is zero. */
function perJob(isolate: Isolate): Quantity {
  const growth = isolate.drift?.bytes_per_job;
  if (!known(growth) || isolate.drift?.state === "warming") return UNKNOWN;
  if (Math.abs(growth) < 0.5) return { text: "0", unit: "" };
  const quantity = bytes(growth);
  return growth > 0 ? { ...quantity, text: `+${quantity.text}` } : quantity;
}
