/*
 * Memory that several isolates see, each store once: its size, who holds it, how old it is. The
 * overview shows the largest few.
 */
import { Asked } from "./asked";
import { el, setHidden, setText } from "./dom";
import { bytesText, count } from "./format";
import { Keyed } from "./keyed";
import { SharedStore } from "./protocol";
import { Store } from "./store";
import { StoreLine } from "./storeline";
import { Trouble } from "./trouble";

const LINES = 6;

export class Stores {
  private readonly remark = el("span", { class: "remark" }, "counted once");
  private readonly body = el("tbody");
  private readonly table: HTMLElement;
  private readonly nothing = el("p", { class: "nothing" }, "No isolates share memory.");
  private readonly more = el("p", { class: "foot" });
  private readonly trouble: Trouble;
  private readonly lines: Keyed<SharedStore, StoreLine>;
  private written = -1;
  readonly node: HTMLElement;

  constructor(
    store: Store,
    private readonly asked: Asked<SharedStore[]>,
  ) {
    this.trouble = new Trouble("Stores", asked);
    this.lines = new Keyed(this.body, makeLine, (line, shared) => line.show(store, shared));
    const head = el(
      "tr",
      {},
      el("th", { scope: "col" }, "Held by"),
      el("th", { scope: "col", class: "num" }, "Size"),
      el("th", { scope: "col", class: "num" }, "Age"),
    );
    this.table = el(
      "table",
      { class: "stores", "aria-labelledby": "stores-title" },
      el("thead", {}, head),
      this.body,
    );
    this.node = el(
      "section",
      { class: "panel", "aria-labelledby": "stores-title" },
      el(
        "header",
        {},
        el("h2", { id: "stores-title" }, "Shared stores"),
        this.remark,
        el("span", { class: "grow" }),
        el("a", { class: "link", href: "#/stores" }, "All stores"),
      ),
      this.trouble.node,
      this.table,
      this.nothing,
      this.more,
    );
  }

  render(): void {
    this.asked.want();
    const isThere = this.trouble.render();
    if (this.asked.version === this.written) return;
    this.written = this.asked.version;
    const sorted = sharedOf(this.asked.value);
    const shown = sorted.slice(0, LINES);
    const total = sorted.reduce((sum, store) => sum + (store.bytes ?? 0), 0);
    setText(this.remark, sorted.length ? `${bytesText(total)}, counted once` : "counted once");
    this.lines.show(shown, (store) => `${store.process}:${store.id}`);
    setHidden(this.table, !shown.length);
    setHidden(this.nothing, !isThere || shown.length > 0);
    setHidden(this.more, sorted.length <= LINES);
    setText(this.more, `and ${count(sorted.length - LINES)} more`);
  }
}

/** Those that are shared, the largest first. */
export function sharedOf(stores: SharedStore[] | null): SharedStore[] {
  return (stores ?? [])
    .filter((store) => store.shared)
    .sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
}

function makeLine(): StoreLine {
  const line = new StoreLine(el("tr"));
  line.node.append(line.holders, line.size, line.age);
  return line;
}
