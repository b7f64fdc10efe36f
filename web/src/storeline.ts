/*
 * The cells of one store: who holds it, its size, its age. Used by the overview and by the view of
 * all stores. Rewritten in place.
 */
import { Value, el, setAttribute, setText } from "./dom";
import { bytes, cleanName, clock, shortName, span } from "./format";
import { nameById } from "./judge";
import { SharedStore, known } from "./protocol";
import { Store } from "./store";

export class StoreLine {
  readonly holders = el("td", { class: "c-pins" });
  private readonly bytes = new Value();
  readonly size = el("td", { class: "num" }, this.bytes.node);
  readonly age = el("td", { class: "num" });
  private written = "";

  constructor(readonly node: HTMLElement) {}

  show(store: Store, shared: SharedStore): void {
    this.bytes.setBytes(shared.bytes, bytes(shared.bytes), "not known");
    const born = shared.created_at;
    setText(this.age, known(born) ? span(store.t - born) : "—");
    setAttribute(this.age, "title", known(born) ? `since ${clock(born, true)}` : null);
    const pins = (shared.pins ?? []).map((id): [string, string] => [id, cleanName(nameById(store, id))]);
    const words = JSON.stringify(pins);
    if (words === this.written) return;
    this.written = words;
    this.holders.replaceChildren(...holderNodes(pins));
    this.holders.title = pins.map(([, name]) => name).join(", ");
  }
}

function holderNodes(pins: [string, string][]): (Node | string)[] {
  if (!pins.length) return [el("span", { class: "faint" }, "nobody now")];
  return pins.flatMap(([id, name], at) => {
    const link = el("a", { href: `#/isolates/${encodeURIComponent(id)}` });
    link.append(el("bdi", { dir: "auto" }, shortName(name)));
    return at ? [", ", link] : [link];
  });
}
