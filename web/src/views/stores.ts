/*
 * Memory that several isolates see, each store once: its size, who holds it, how old it is. The
 * overview shows the largest few.
 */
import { Asked } from "../data/asked";
import { el } from "../parts/dom";
import { bytesText } from "../data/format";
import { SharedStore } from "../data/protocol";
import { ShortList } from "../parts/shortlist";
import { Store } from "../data/store";
import { StoreLine } from "./storeline";

export type Stores = ShortList<SharedStore[], SharedStore, StoreLine>;

export function storesPanel(store: Store, asked: Asked<SharedStore[]>): Stores {
  return new ShortList(asked, {
    id: "stores-title",
    title: "Shared stores",
    what: "Stores",
    className: "stores",
    heads: [
      ["Held by", ""],
      ["Size", "num"],
      ["Age", "num"],
    ],
    nothing: "No isolates share memory.",
    lines: 6,
    link: el("a", { class: "link", href: "#/stores" }, "All stores"),
    pick: sharedOf,
    keyOf: (shared) => `${shared.process}:${shared.id}`,
    make: () => {
      const line = new StoreLine(el("tr"));
      line.node.append(line.holders, line.size, line.age);
      return line;
    },
    write: (line, shared) => line.show(store, shared),
    remark: (all) => {
      const total = all.reduce((sum, one) => sum + (one.bytes ?? 0), 0);
      return all.length ? `${bytesText(total)}, counted once` : "counted once";
    },
    rest: "more",
  });
}

/** Those that are shared, the largest first. */
function sharedOf(stores: SharedStore[]): SharedStore[] {
  return stores
    .filter((store) => store.shared)
    .sort((a, b) => (b.bytes ?? 0) - (a.bytes ?? 0));
}
