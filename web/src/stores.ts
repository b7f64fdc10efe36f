/*
 * Memory that several isolates see, each store once: its size, who holds it, how old it is. Asked
 * for apart from the stream, at most every few seconds and only while the page is looked at.
 */
import { sharedStores } from "./api";
import { Value, el, setHidden, setText } from "./dom";
import { bytes, bytesText, cleanName, count, shortName, span } from "./format";
import { nameOf } from "./judge";
import { SharedStore, known } from "./protocol";
import { Store } from "./store";

const ASK_MS = 4000;
const ASKED = 200;
const LINES = 6;

export class Stores {
  private readonly remark = el("span", { class: "remark" }, "counted once");
  private readonly body = el("tbody");
  private readonly table: HTMLElement;
  private readonly nothing = el("p", { class: "nothing" }, "No isolates share memory.");
  private readonly more = el("p", { class: "foot" });
  private askedAt = -Infinity;
  readonly node: HTMLElement;

  constructor(private readonly store: Store) {
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
      el("header", {}, el("h2", { id: "stores-title" }, "Shared stores"), this.remark),
      this.table,
      this.nothing,
      this.more,
    );
    setHidden(this.table, true);
    setHidden(this.more, true);
  }

  render(): void {
    if (performance.now() - this.askedAt < ASK_MS) return;
    this.askedAt = performance.now();
    sharedStores(ASKED).then(
      (stores) => this.show(stores),
      () => this.show([]),
    );
  }

  private show(stores: SharedStore[]): void {
    const sorted = [...stores].sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
    const shown = sorted.slice(0, LINES);
    const total = stores.reduce((sum, store) => sum + (store.bytes ?? 0), 0);
    setText(this.remark, stores.length ? `${bytesText(total)}, counted once` : "counted once");
    this.body.replaceChildren(...shown.map((store) => this.line(store)));
    setHidden(this.table, !shown.length);
    setHidden(this.nothing, shown.length > 0);
    setHidden(this.more, sorted.length <= LINES);
    setText(this.more, `and ${count(sorted.length - LINES)} more`);
  }

  private line(store: SharedStore): HTMLElement {
    const size = new Value();
    size.setBytes(store.bytes, bytes(store.bytes), "not known");
    const names = (store.pins ?? []).map((id) => cleanName(this.nameOf(id)));
    const holders = el("td", { class: "c-pins" });
    names.forEach((name, at) => {
      holders.append(at ? ", " : "", el("bdi", { dir: "auto" }, shortName(name)));
    });
    if (!names.length) holders.append(el("span", { class: "faint" }, "nobody now"));
    holders.title = names.join(", ");
    const age = known(store.created_at) ? span(this.store.t - store.created_at) : "—";
    return el(
      "tr",
      {},
      holders,
      el("td", { class: "num" }, size.node),
      el("td", { class: "num" }, age),
    );
  }

  private nameOf(id: string): string {
    const isolate = this.store.isolates[this.store.indexOf.get(id) ?? -1];
    return isolate ? nameOf(isolate) : id;
  }
}
