/*
 * What is known of an isolate beside its curve, as pairs of a word and a figure. Unknown is a dash.
 */
import { el, nameNode, panel, setAttribute, setName, setText } from "../parts/dom";
import { bytesText, cleanName, clock, count, day, percent, seconds, join, span } from "../data/format";
import { Figure, Isolate, known } from "../data/protocol";
import { Store } from "../data/store";

const ENGINES: Record<string, string> = { duktape: "Duktape, isorun", v8: "V8" };
const DASH = "—";

export class Facts {
  private readonly list = el("dl", { class: "facts" });
  private readonly values = new Map<string, HTMLElement>();
  private readonly process = nameNode("");
  private readonly link = el("a", { class: "inline" }, this.process);
  private readonly stores = el("a", { class: "inline" }, "stores");
  readonly node: HTMLElement;

  constructor(private readonly store: Store) {
    this.node = panel({ id: "facts-title", title: "Facts" }, [], this.list);
  }

  render(isolate: Isolate | null): void {
    const process = this.store.processes.get(String(isolate?.process ?? ""));
    const both = (a: string, b: string): string => (a === DASH && b === DASH ? DASH : `${a} and ${b}`);
    setName(this.process, process?.name || "process");
    setAttribute(this.link, "href", `#/processes/${isolate?.process ?? ""}`);
    setAttribute(this.stores, "href", `#/stores?which=all&q=${encodeURIComponent(isolate?.id ?? "")}`);
    this.fact("Process", isolate ? `, pid ${isolate.process ?? DASH}, thread ${isolate.thread ?? DASH}` : DASH, this.link);
    this.fact("Engine", isolate ? (ENGINES[isolate.kind ?? ""] ?? cleanName(isolate.kind ?? DASH)) : DASH);
    this.fact("Started", this.when(isolate?.started_at));
    if (known(isolate?.ended_at)) this.fact("Ended", this.when(isolate.ended_at));
    this.fact("Jobs, collections", both(count(isolate?.jobs), count(isolate?.gc?.count)));
    this.fact("Time in collections", join(seconds(isolate?.gc?.seconds)));
    this.fact("Peak of its heap", bytesText(isolate?.heap?.peak));
    this.fact("Fragmentation", join(percent(isolate?.heap?.fragmentation, 1)));
    const buffers = both(bytesText(isolate?.array_buffers), bytesText(isolate?.shared));
    this.fact("Array buffers, shared", `${buffers}, in these `, null, this.stores);
    this.fact("Messages in, out", both(count(isolate?.messages?.received), count(isolate?.messages?.sent)));
    this.fact("Cloned, transferred", both(bytesText(isolate?.clone?.bytes), bytesText(isolate?.transfer?.bytes)));
  }

  private when(t: Figure): string {
    if (!known(t)) return DASH;
    const age = this.store.t - t;
    return `${age > 72000 ? `${day(t)} ` : ""}${clock(t, age < 900)}, ${span(age)} ago`;
  }

  private fact(label: string, text: string, before: Node | null = null, after: Node | null = null): void {
    let value = this.values.get(label);
    if (!value) {
      const words = el("span");
      value = words;
      this.values.set(label, words);
      this.list.append(el("div", {}, el("dt", {}, label), el("dd", {}, before, words, after)));
    }
    setText(value, text);
  }
}
